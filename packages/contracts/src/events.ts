import type { FixedSizeDecoder } from "@solana/kit";
import { DEFAULT_PROGRAM_ADDRESSES, type ProgramAddresses } from "./addresses.ts";
import {
  type EscrowCreatedEvent,
  type EscrowSettledEvent,
  type EscrowStartedEvent,
  getEscrowCreatedEventDecoder,
  getEscrowSettledEventDecoder,
  getEscrowStartedEventDecoder,
  getPauseChangedEventDecoder,
  getRootAnchoredEventDecoder,
  type PauseChangedEvent,
  type RootAnchoredEvent,
} from "./generated/job-escrow/index.ts";
import {
  getNodeRegisteredEventDecoder,
  getNodeStakedEventDecoder,
  getNodeUpdatedEventDecoder,
  type NodeRegisteredEvent,
  type NodeStakedEvent,
  type NodeUpdatedEvent,
} from "./generated/node-registry/index.ts";
import { readLoggedData } from "./program-logs.ts";

/** The fields of every event by its name. */
export interface ProgramEvents {
  EscrowCreated: EscrowCreatedEvent;
  EscrowStarted: EscrowStartedEvent;
  RootAnchored: RootAnchoredEvent;
  EscrowSettled: EscrowSettledEvent;
  PauseChanged: PauseChangedEvent;
  NodeRegistered: NodeRegisteredEvent;
  NodeStaked: NodeStakedEvent;
  NodeUpdated: NodeUpdatedEvent;
}

/** Name of an event of our programs. */
export type ProgramEventName = keyof ProgramEvents;

/** Something that a program of ours did. Within one transaction, `index` tells its events apart. */
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
}

/** By discriminator and version; a layout that changes gets a new version, and the old one stays readable. */
const layouts: Readonly<Record<string, Layout>> = {
  "1.1": { name: "EscrowCreated", program: "jobEscrow", decoder: getEscrowCreatedEventDecoder() },
  "2.1": { name: "EscrowStarted", program: "jobEscrow", decoder: getEscrowStartedEventDecoder() },
  "3.1": { name: "RootAnchored", program: "jobEscrow", decoder: getRootAnchoredEventDecoder() },
  "4.1": { name: "EscrowSettled", program: "jobEscrow", decoder: getEscrowSettledEventDecoder() },
  "5.1": { name: "PauseChanged", program: "jobEscrow", decoder: getPauseChangedEventDecoder() },
  "64.1": { name: "NodeRegistered", program: "nodeRegistry", decoder: getNodeRegisteredEventDecoder() },
  "65.1": { name: "NodeStaked", program: "nodeRegistry", decoder: getNodeStakedEventDecoder() },
  "66.1": { name: "NodeUpdated", program: "nodeRegistry", decoder: getNodeUpdatedEventDecoder() },
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
  for (const { programAddress, data } of readLoggedData(logs)) {
    const layout = layouts[`${data[0]}.${data[1]}`];
    if (layout === undefined || programs[layout.program] !== programAddress) continue;
    if (data.length !== layout.decoder.fixedSize) continue;
    events.push({
      name: layout.name,
      program: layout.program,
      index: events.length,
      data: layout.decoder.decode(data),
    } as ProgramEvent);
  }
  return events;
}
