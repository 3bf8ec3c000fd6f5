import { EscrowOutcome } from "@cyxwiz/contracts";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { type Job, reputationUpdateQueue } from "../database/schema/index.ts";
import { workedMs } from "../jobs/worked-time.ts";

interface Rule {
  /** As `record_outcomes` numbers it. */
  readonly kind: number;
  /** What the event alone adds to the score; the score itself is reckoned on chain. */
  readonly change: number;
  /** The largest value that belongs to the kind. */
  readonly maxValue: number;
}

/** What can befall a node's reputation. */
export const RULES = {
  /** Value: how exact the estimate of its time was, see {@link timeAccuracy}. */
  JOB_COMPLETED: { kind: 0, change: 10, maxValue: 1_000 },
  JOB_FAILED: { kind: 1, change: -50, maxValue: 0 },
  JOB_TIMED_OUT: { kind: 2, change: -30, maxValue: 0 },
  PROOF_INVALID: { kind: 3, change: -100, maxValue: 0 },
  DISPUTE_LOST: { kind: 4, change: -200, maxValue: 0 },
  DISPUTE_WON: { kind: 5, change: 5, maxValue: 0 },
  /** Value: stars, 0 to 5. */
  RATED: { kind: 6, change: 0, maxValue: 5 },
  /** Value: how much of a day it was there, in per mille. */
  UPTIME: { kind: 7, change: 0, maxValue: 1_000 },
  UPTIME_MONTH: { kind: 8, change: 20, maxValue: 0 },
} as const satisfies Record<string, Rule>;
/** Ends at which the node has done its work. */
const PAID: readonly EscrowOutcome[] = [EscrowOutcome.Completed, EscrowOutcome.Approved, EscrowOutcome.ResolvedForNode];

/** What a node did that counts for its reputation. */
export type ReputationReason = keyof typeof RULES;

type Needs = Pick<Context, "nowMs" | "newId" | "randomBytes">;

/**
 * Queues an outcome, as part of the transaction that decides it; it reaches the chain with a later batch.
 *
 * @param value what belongs to the reason: the time's accuracy in per mille of JOB_COMPLETED, the stars of RATED, the part of
 * the day in per mille of UPTIME
 */
export async function queueReputation(
  context: Needs,
  tx: Tx,
  nodeId: string,
  reason: ReputationReason,
  value: number = RULES[reason].maxValue,
): Promise<void> {
  const { kind, change, maxValue } = RULES[reason];
  await tx.insert(reputationUpdateQueue).values({
    nodeId,
    reason,
    kind,
    value: Math.min(Math.max(Math.floor(value), 0), maxValue),
    scoreChange: reason === "RATED" && value >= 5 ? 5 : change,
    createdAt: now(context),
  });
}

/** Queues what the way in which an escrow ended says of the job's node; what Central itself found is queued already. */
export async function queueEnd(context: Needs, tx: Tx, job: Job, outcome: EscrowOutcome): Promise<void> {
  const nodeId = job.assignedNodeId;
  if (nodeId === null) return;
  const queue = (reason: ReputationReason, value?: number) => queueReputation(context, tx, nodeId, reason, value);
  if (PAID.includes(outcome)) await queue("JOB_COMPLETED", await timeAccuracy(tx, job));
  if (outcome === EscrowOutcome.ResolvedForNode) await queue("DISPUTE_WON");
  if (outcome === EscrowOutcome.ResolvedForPayer) await queue("DISPUTE_LOST");
  // Somebody was faster than Central, which has not failed the job.
  const isNews = job.startedAt !== null && job.failure === null;
  if (outcome === EscrowOutcome.TimedOut && isNews) await queue("JOB_TIMED_OUT");
}

/** `1 − |actual − estimated| / estimated` in per mille, at least 0; 1000 where there was no estimate. */
export function accuracyPerMille(estimatedMs: number, actualMs: number): number {
  if (!(estimatedMs > 0)) return 1_000;
  return Math.max(0, Math.floor(1_000 - (1_000 * Math.abs(actualMs - estimatedMs)) / estimatedMs));
}

/**
 * How exact the estimate of a job's time was, by Central's own clock: from the node's start to its proof, less what its engine
 * held it or it waited for its data.
 */
export async function timeAccuracy(
  tx: Tx,
  job: Pick<Job, "id" | "estimatedSeconds" | "pausedSeconds">,
): Promise<number> {
  const worked = await workedMs(tx, job, ["complete"]);
  return worked === undefined ? 1_000 : accuracyPerMille((job.estimatedSeconds ?? 0) * 1_000, worked);
}
