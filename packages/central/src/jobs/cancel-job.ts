import { CyxwizError } from "@cyxwiz/errors";
import { type Context, now } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { LANDS_WITHIN_SECONDS } from "../escrow/expire-reservation.ts";
import { queueRefund } from "./fail-job.ts";
import { findJob, lockState } from "./find-job.ts";
import { move } from "./move-job.ts";

/**
 * Cancels a job: the node is free again, and a confirmed escrow is sent back. Of a job that runs already the node gets
 * what is done and a fee; that is the payer's to decide, so `caller` must be its proven wallet.
 *
 * @throws CyxwizError JOB_ILLEGAL_MOVE for one that is over, TOKEN_MISSING, NOT_YOURS
 */
export async function cancelJob(
  context: Context,
  jobId: string,
  { reason, caller }: { readonly reason: string; readonly caller: string | undefined },
): Promise<{ refundIssued: boolean }> {
  const refundIssued = await context.db.transaction(async (tx) => {
    // The node may take it at this very moment; then it is the payer's to decide.
    if ((await lockState(tx, jobId)) === "RUNNING") requirePayer(await findJob(tx, jobId), caller);
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

function requirePayer(job: Job, caller: string | undefined): void {
  const what = `Job ${job.id}`;
  if (caller === undefined) throw new CyxwizError("TOKEN_MISSING", { what });
  if (caller !== job.payerWallet) throw new CyxwizError("NOT_YOURS", { what });
}
