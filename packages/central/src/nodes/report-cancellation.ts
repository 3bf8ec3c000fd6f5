import { isSignedBy } from "@cyxwiz/chain";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { isCyxwizError } from "@cyxwiz/errors";
import { encodeCancelOrder } from "@cyxwiz/proof";
import type { Context } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { cancelJob } from "../jobs/cancel-job.ts";

/** Whether the payer has signed that a job be cancelled; a node's word alone shares out nothing. */
export async function isCancelledByPayer(context: Context, job: Job, signature: Uint8Array): Promise<boolean> {
  if (signature.length === 0) return false;
  if (await isSignedBy(job.payerWallet ?? "", encodeCancelOrder(jobIdToBytes(job.id)), signature)) return true;
  context.log.warn({ jobId: job.id, nodeId: job.assignedNodeId }, "a cancellation that its payer did not sign");
  return false;
}

/** Cancels a job by the order that the payer has given to its node. One that is over already stays as it is. */
export async function takeCancellation(context: Context, job: Job, reason: string): Promise<void> {
  try {
    await cancelJob(context, job.id, { reason, caller: job.payerWallet ?? undefined });
  } catch (error) {
    if (!isCyxwizError(error, "JOB_ILLEGAL_MOVE")) throw error;
  }
}
