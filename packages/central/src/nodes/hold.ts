import { eq } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { type Job, nodes } from "../database/schema/index.ts";
import { loadConfig } from "../jobs/job-config.ts";

/** The columns of a node that is kept for nobody. */
export const NOT_HELD = { heldForWallet: null, heldUntil: null } as const;

/** Keeps the node of a job that is done for its payer's next job, where the job asks for that; not longer than any other node is held. */
export async function holdForNext(context: Context, tx: Tx, job: Job): Promise<void> {
  const seconds = Math.min(loadConfig(job.config).reservationDurationMinutes * 60, context.config.reservationSeconds);
  if (seconds <= 0 || job.assignedNodeId === null) return;
  const heldUntil = new Date(now(context).getTime() + seconds * 1_000);
  await tx.update(nodes).set({ heldForWallet: job.payerWallet, heldUntil }).where(eq(nodes.id, job.assignedNodeId));
}

/** Whose next job a node is kept for now; `undefined` when it is free for anybody. */
export function heldFor(context: Context, node: typeof nodes.$inferSelect): string | undefined {
  const isHeld = node.heldUntil !== null && node.heldUntil > now(context);
  return isHeld ? (node.heldForWallet ?? undefined) : undefined;
}
