import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { reputationUpdateQueue } from "../database/schema/index.ts";

/** What an outcome does to a node's score. */
const CHANGES = { JOB_COMPLETED: 10, JOB_FAILED: -50, JOB_TIMED_OUT: -30, PROOF_INVALID: -100 } as const;
export type ReputationReason = keyof typeof CHANGES;

/** Queues a change of reputation; it reaches the chain with a later batch. */
export async function queueReputation(
  context: Pick<Context, "nowMs" | "newId" | "randomBytes">,
  tx: Tx,
  nodeId: string,
  reason: ReputationReason,
): Promise<void> {
  const createdAt = now(context);
  await tx.insert(reputationUpdateQueue).values({ nodeId, reason, scoreChange: CHANGES[reason], createdAt });
}
