import { DeviceType } from "@cyxwiz/protocol";
import type { Priority, Tier } from "../pricing/rates.ts";
import { type Candidate, isGpu } from "./candidate.ts";

/** What a job needs of a node. */
export interface JobNeeds {
  readonly payer: string;
  readonly device: DeviceType;
  readonly flops: bigint;
  readonly memoryBytes: bigint;
  readonly priority: Priority;
  /** For jobs whose work can't be computed: how long the client says it takes. */
  readonly statedDurationMs?: bigint;
}

/** What a job would be on one node; amounts in base units. */
export interface Offer {
  readonly amount: bigint;
  readonly durationMs: bigint;
  readonly tier: Tier;
  /** The largest job that the node's tier may take. */
  readonly largestJob: bigint;
  /** The stake that a job of this amount asks for. */
  readonly minimumStake: bigint;
}

/** A node that can take a job, and what it costs there. */
export interface Match extends Offer {
  readonly candidate: Candidate;
}

const REASONS = {
  offline: "offline",
  suspended: "suspended",
  banned: "banned",
  withdrawn: "with their stake withdrawn",
  busy: "busy with other jobs",
  ownWallet: "the payer's own",
  hardware: "without the hardware",
  tier: "not trusted with so large a job yet",
  stake: "with too little stake",
} as const;
/** Why a node can't take a job, in one word. */
export type Reason = keyof typeof REASONS;

/** A node that can't take a job, and why. */
export interface Rejected {
  readonly candidate: Candidate;
  readonly reason: Reason;
  /** The reason with its numbers, as the end of a sentence. */
  readonly because: string;
  /** Known for those that could do the work, but may not. */
  readonly offer?: Offer;
}

/** What matchmaking found about one node. */
export type Verdict = Match | Rejected;

/** Whether a node can't take the job. */
export function isRejected(verdict: Verdict): verdict is Rejected {
  return "reason" in verdict;
}

/** "Of 3 nodes: 2 busy with other jobs, 1 offline." */
export function summarise(rejected: readonly Pick<Rejected, "reason">[]): string {
  if (rejected.length === 0) return "No node is registered.";
  const counts = Map.groupBy(rejected, ({ reason }) => reason);
  const parts = [...counts].map(([reason, all]) => `${all.length} ${REASONS[reason]}`);
  return `Of ${rejected.length} ${rejected.length === 1 ? "node" : "nodes"}: ${parts.join(", ")}.`;
}

/** "CPU, 300 MiB of memory" */
export function describeNeeds(needs: Pick<JobNeeds, "device" | "memoryBytes">): string {
  return `${deviceName(needs.device)}, ${inMebibytes(needs.memoryBytes)} of memory`;
}

/** "CPU", "CUDA" */
export function deviceName(device: DeviceType): string {
  if (!isGpu(device)) return "CPU";
  const name = Object.entries(DeviceType).find(([, value]) => value === device)?.[0];
  return (name ?? "a GPU").replace("DEVICE_", "");
}

/** "300 MiB", rounded up. */
export function inMebibytes(bytes: bigint): string {
  return `${(bytes + 1_048_575n) / 1_048_576n} MiB`;
}
