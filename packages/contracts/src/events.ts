import type { FixedSizeDecoder } from "@solana/kit";
import { DEFAULT_PROGRAM_ADDRESSES, type ProgramAddresses } from "./addresses.ts";
import {
  type AccountMigratedEvent,
  type AppealOpenedEvent,
  type DisputeOpenedEvent,
  type DisputeResolvedEvent,
  type EscrowCreatedEvent,
  type EscrowExtendedEvent,
  type EscrowSettledEvent,
  type EscrowStartedEvent,
  type EvidenceSubmittedEvent,
  getAccountMigratedEventDecoder,
  getAppealOpenedEventDecoder,
  getDisputeOpenedEventDecoder,
  getDisputeResolvedEventDecoder,
  getEscrowCreatedEventDecoder,
  getEscrowExtendedEventDecoder,
  getEscrowSettledEventDecoder,
  getEscrowStartedEventDecoder,
  getEvidenceSubmittedEventDecoder,
  getLeftoverCollectedEventDecoder,
  getOutcomeReportedEventDecoder,
  getPauseChangedEventDecoder,
  getPlatformAdminAcceptedEventDecoder,
  getPlatformAdminProposedEventDecoder,
  getPlatformUpdatedEventDecoder,
  getProofCommittedEventDecoder,
  getRootAnchoredEventDecoder,
  getSlotClosedEventDecoder,
  type LeftoverCollectedEvent,
  type OutcomeReportedEvent,
  type PauseChangedEvent,
  type PlatformAdminAcceptedEvent,
  type PlatformAdminProposedEvent,
  type PlatformUpdatedEvent,
  type ProofCommittedEvent,
  type RootAnchoredEvent,
  type SlotClosedEvent,
} from "./generated/job-escrow/index.ts";
import {
  getNodeJobsEventDecoder,
  getNodeRegisteredEventDecoder,
  getNodeReinstatedEventDecoder,
  getNodeSlashedEventDecoder,
  getNodeStakedEventDecoder,
  getNodeUpdatedEventDecoder,
  getRegistryAdminAcceptedEventDecoder,
  getRegistryAdminProposedEventDecoder,
  getRegistryUpdatedEventDecoder,
  getRewardsClaimedEventDecoder,
  getTierSyncedEventDecoder,
  getWithdrawalCancelledEventDecoder,
  getWithdrawalFinishedEventDecoder,
  getWithdrawalRequestedEventDecoder,
  type NodeJobsEvent,
  type NodeRegisteredEvent,
  type NodeReinstatedEvent,
  type NodeSlashedEvent,
  type NodeStakedEvent,
  type NodeUpdatedEvent,
  type RegistryAdminAcceptedEvent,
  type RegistryAdminProposedEvent,
  type RegistryUpdatedEvent,
  type RewardsClaimedEvent,
  type TierSyncedEvent,
  type WithdrawalCancelledEvent,
  type WithdrawalFinishedEvent,
  type WithdrawalRequestedEvent,
} from "./generated/node-registry/index.ts";
import {
  getNodeAddedEventDecoder,
  getOutcomesRecordedEventDecoder,
  getPageOpenedEventDecoder,
  getReputationAdminAcceptedEventDecoder,
  getReputationAdminProposedEventDecoder,
  getReputationCoordinatorChangedEventDecoder,
  type NodeAddedEvent,
  type OutcomesRecordedEvent,
  type PageOpenedEvent,
  type ReputationAdminAcceptedEvent,
  type ReputationAdminProposedEvent,
  type ReputationCoordinatorChangedEvent,
} from "./generated/reputation-manager/index.ts";
import { readLoggedData } from "./program-logs.ts";

/** The fields of every event by its name. */
export interface ProgramEvents {
  EscrowCreated: EscrowCreatedEvent;
  EscrowStarted: EscrowStartedEvent;
  RootAnchored: RootAnchoredEvent;
  EscrowSettled: EscrowSettledEvent;
  PauseChanged: PauseChangedEvent;
  ProofCommitted: ProofCommittedEvent;
  EscrowExtended: EscrowExtendedEvent;
  DisputeOpened: DisputeOpenedEvent;
  EvidenceSubmitted: EvidenceSubmittedEvent;
  DisputeResolved: DisputeResolvedEvent;
  AppealOpened: AppealOpenedEvent;
  OutcomeReported: OutcomeReportedEvent;
  SlotClosed: SlotClosedEvent;
  PlatformAdminProposed: PlatformAdminProposedEvent;
  PlatformAdminAccepted: PlatformAdminAcceptedEvent;
  PlatformUpdated: PlatformUpdatedEvent;
  AccountMigrated: AccountMigratedEvent;
  LeftoverCollected: LeftoverCollectedEvent;
  NodeRegistered: NodeRegisteredEvent;
  NodeStaked: NodeStakedEvent;
  NodeUpdated: NodeUpdatedEvent;
  NodeSlashed: NodeSlashedEvent;
  WithdrawalRequested: WithdrawalRequestedEvent;
  WithdrawalFinished: WithdrawalFinishedEvent;
  WithdrawalCancelled: WithdrawalCancelledEvent;
  NodeReinstated: NodeReinstatedEvent;
  RewardsClaimed: RewardsClaimedEvent;
  TierSynced: TierSyncedEvent;
  NodeJobs: NodeJobsEvent;
  RegistryAdminProposed: RegistryAdminProposedEvent;
  RegistryAdminAccepted: RegistryAdminAcceptedEvent;
  RegistryUpdated: RegistryUpdatedEvent;
  OutcomesRecorded: OutcomesRecordedEvent;
  NodeAdded: NodeAddedEvent;
  PageOpened: PageOpenedEvent;
  ReputationAdminProposed: ReputationAdminProposedEvent;
  ReputationAdminAccepted: ReputationAdminAcceptedEvent;
  ReputationCoordinatorChanged: ReputationCoordinatorChangedEvent;
}

/** Name of an event of our programs. */
export type ProgramEventName = keyof ProgramEvents;

/**
 * Something that a program of ours did. Within one transaction, `index` tells its events apart; it counts also what
 * this version doesn't know, so that a later one finds the same events at the same places.
 */
export type ProgramEvent = {
  [Name in ProgramEventName]: {
    readonly name: Name;
    readonly program: keyof ProgramAddresses;
    readonly index: number;
    readonly data: ProgramEvents[Name];
  };
}[ProgramEventName];

interface Layout {
  readonly name: ProgramEventName;
  readonly program: keyof ProgramAddresses;
  readonly decoder: FixedSizeDecoder<ProgramEvents[ProgramEventName]>;
  /** Bytes of the fields that later versions added at the end; here they are read as zeros. */
  readonly bytesAdded?: number;
}

/** By discriminator and version; a layout that changes gets a new version, and the old one stays readable. */
const layouts: Readonly<Record<string, Layout>> = {
  "1.1": { name: "EscrowCreated", program: "jobEscrow", decoder: getEscrowCreatedEventDecoder(), bytesAdded: 4 },
  "1.2": { name: "EscrowCreated", program: "jobEscrow", decoder: getEscrowCreatedEventDecoder() },
  "2.1": { name: "EscrowStarted", program: "jobEscrow", decoder: getEscrowStartedEventDecoder() },
  "3.1": { name: "RootAnchored", program: "jobEscrow", decoder: getRootAnchoredEventDecoder() },
  "4.1": { name: "EscrowSettled", program: "jobEscrow", decoder: getEscrowSettledEventDecoder(), bytesAdded: 9 },
  "4.2": { name: "EscrowSettled", program: "jobEscrow", decoder: getEscrowSettledEventDecoder() },
  "5.1": { name: "PauseChanged", program: "jobEscrow", decoder: getPauseChangedEventDecoder() },
  "6.1": { name: "ProofCommitted", program: "jobEscrow", decoder: getProofCommittedEventDecoder() },
  "7.1": { name: "EscrowExtended", program: "jobEscrow", decoder: getEscrowExtendedEventDecoder() },
  "8.1": { name: "DisputeOpened", program: "jobEscrow", decoder: getDisputeOpenedEventDecoder() },
  "9.1": { name: "EvidenceSubmitted", program: "jobEscrow", decoder: getEvidenceSubmittedEventDecoder() },
  "10.1": { name: "DisputeResolved", program: "jobEscrow", decoder: getDisputeResolvedEventDecoder() },
  "11.1": { name: "AppealOpened", program: "jobEscrow", decoder: getAppealOpenedEventDecoder() },
  "12.1": { name: "OutcomeReported", program: "jobEscrow", decoder: getOutcomeReportedEventDecoder() },
  "13.1": { name: "SlotClosed", program: "jobEscrow", decoder: getSlotClosedEventDecoder() },
  "14.1": { name: "PlatformAdminProposed", program: "jobEscrow", decoder: getPlatformAdminProposedEventDecoder() },
  "15.1": { name: "PlatformAdminAccepted", program: "jobEscrow", decoder: getPlatformAdminAcceptedEventDecoder() },
  "16.1": { name: "PlatformUpdated", program: "jobEscrow", decoder: getPlatformUpdatedEventDecoder() },
  "17.1": { name: "AccountMigrated", program: "jobEscrow", decoder: getAccountMigratedEventDecoder() },
  "18.1": { name: "LeftoverCollected", program: "jobEscrow", decoder: getLeftoverCollectedEventDecoder() },
  "64.1": { name: "NodeRegistered", program: "nodeRegistry", decoder: getNodeRegisteredEventDecoder() },
  "65.1": { name: "NodeStaked", program: "nodeRegistry", decoder: getNodeStakedEventDecoder() },
  "66.1": { name: "NodeUpdated", program: "nodeRegistry", decoder: getNodeUpdatedEventDecoder() },
  "67.1": { name: "NodeSlashed", program: "nodeRegistry", decoder: getNodeSlashedEventDecoder() },
  "68.1": { name: "WithdrawalRequested", program: "nodeRegistry", decoder: getWithdrawalRequestedEventDecoder() },
  "69.1": { name: "WithdrawalFinished", program: "nodeRegistry", decoder: getWithdrawalFinishedEventDecoder() },
  "70.1": { name: "WithdrawalCancelled", program: "nodeRegistry", decoder: getWithdrawalCancelledEventDecoder() },
  "71.1": { name: "NodeReinstated", program: "nodeRegistry", decoder: getNodeReinstatedEventDecoder() },
  "72.1": { name: "RewardsClaimed", program: "nodeRegistry", decoder: getRewardsClaimedEventDecoder() },
  "73.1": { name: "TierSynced", program: "nodeRegistry", decoder: getTierSyncedEventDecoder() },
  "74.1": { name: "NodeJobs", program: "nodeRegistry", decoder: getNodeJobsEventDecoder() },
  "75.1": { name: "RegistryAdminProposed", program: "nodeRegistry", decoder: getRegistryAdminProposedEventDecoder() },
  "76.1": { name: "RegistryAdminAccepted", program: "nodeRegistry", decoder: getRegistryAdminAcceptedEventDecoder() },
  "77.1": { name: "RegistryUpdated", program: "nodeRegistry", decoder: getRegistryUpdatedEventDecoder() },
  "128.1": { name: "OutcomesRecorded", program: "reputationManager", decoder: getOutcomesRecordedEventDecoder() },
  "130.1": { name: "NodeAdded", program: "reputationManager", decoder: getNodeAddedEventDecoder() },
  "131.1": { name: "PageOpened", program: "reputationManager", decoder: getPageOpenedEventDecoder() },
  "132.1": {
    name: "ReputationAdminProposed",
    program: "reputationManager",
    decoder: getReputationAdminProposedEventDecoder(),
  },
  "133.1": {
    name: "ReputationAdminAccepted",
    program: "reputationManager",
    decoder: getReputationAdminAcceptedEventDecoder(),
  },
  "134.1": {
    name: "ReputationCoordinatorChanged",
    program: "reputationManager",
    decoder: getReputationCoordinatorChangedEventDecoder(),
  },
};

/**
 * The events of our programs in a transaction's log (`meta.logMessages`), in order.
 *
 * Only what our programs wrote themselves counts; events of a newer program that this version doesn't know are left
 * out. Ask only for transactions that succeeded: a failed one has a log too, but did nothing.
 */
export function decodeProgramEvents(
  logs: readonly string[],
  programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES,
): ProgramEvent[] {
  const events: ProgramEvent[] = [];
  const ours = readLoggedData(logs).filter(({ programAddress }) => Object.values(programs).includes(programAddress));
  for (const [index, { programAddress, data }] of ours.entries()) {
    const layout = layouts[`${data[0]}.${data[1]}`];
    if (layout === undefined || programs[layout.program] !== programAddress) continue;
    const { bytesAdded = 0, decoder } = layout;
    if (data.length + bytesAdded !== decoder.fixedSize) continue;
    events.push({
      name: layout.name,
      program: layout.program,
      index,
      data: decoder.decode(Uint8Array.of(...data, ...new Uint8Array(bytesAdded))),
    } as ProgramEvent);
  }
  return events;
}
