import { CyxwizError } from "@cyxwiz/errors";
import { type Context, now } from "../context.ts";
import { LANDS_WITHIN_SECONDS } from "../escrow/expire-reservation.ts";
import { queueRefund } from "./fail-job.ts";
import { findJob } from "./find-job.ts";
import { move } from "./move-job.ts";

/**
 * Cancels a job that no node has started: the node is free again, and a confirmed escrow is sent back.
 *
 * @throws CyxwizError JOB_ILLEGAL_MOVE for one that is over, UNIMPLEMENTED for one that runs
 */
export async function cancelJob(context: Context, jobId: string, reason: string): Promise<{ refundIssued: boolean }> {
  const { status } = await findJob(context.db, jobId);
  if (status === "RUNNING") throw new CyxwizError("UNIMPLEMENTED", { method: "CancelJob of a job that already runs" });
  const refundIssued = await context.db.transaction(async (tx) => {
    const change = { completedAt: now(context) };
    const job = await move(context, tx, jobId, "cancel", change, reason.slice(0, 500));
    if (await queueRefund(context, tx, job)) return true;
    // An escrow may be on its way that nobody has shown yet.
    await context.queue.send(tx, "expire", jobId, LANDS_WITHIN_SECONDS);
    return false;
  });
  if (refundIssued) void context.settler.run(jobId).catch(() => undefined);
  return { refundIssued };
}
