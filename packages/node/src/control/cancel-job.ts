import { isSignedBy } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { encodeCancelOrder } from "@cyxwiz/proof";
import { jobIdBytes } from "../jobs/job-id.ts";
import type { Session } from "../sessions/session.ts";
import { jobOf } from "./job-of.ts";

/** What is left of a cancelled job. */
export interface Cancelled {
  readonly epochs: number;
  /** The weights of the last finished epoch are stored. */
  readonly partialSaved: boolean;
}

/**
 * Ends a session's job before its time, and resolves once it has ended. Signed by the payer, it is settled as a
 * cancellation while running: the node is paid for the part done. Cancelling a cancelled job again gives the same answer.
 *
 * @throws CyxwizError JOB_ILLEGAL_MOVE for a job that ended otherwise, INVALID_FIELD for a signature that is not the payer's
 */
export async function cancelJob(
  session: Session,
  order: { readonly reason: string; readonly savePartial: boolean; readonly signature: Uint8Array },
): Promise<Cancelled> {
  const what = order.reason === "" ? "Training" : `Training (${order.reason.slice(0, 200)})`;
  const error = new CyxwizError("ABORTED", { what });
  const { gathering } = session;
  if (gathering) {
    // Nothing is trained yet, so there is nothing to pay for or to keep.
    gathering.stop({ error, cancelled: true });
    await gathering.ended;
    if (!session.job) return { epochs: 0, partialSaved: false };
  }
  const { job, agreement } = jobOf(session, "cancel");
  const signature = order.signature.length > 0 ? order.signature : undefined;
  if (signature && !(await isSignedBy(agreement.payerWallet, encodeCancelOrder(jobIdBytes(job.id)), signature))) {
    throw new CyxwizError("INVALID_FIELD", { field: "signature", problem: "is not the payer's, of this job" });
  }
  const how = { cancelled: true, savePartial: order.savePartial, ...(signature && { signature }) };
  job.stop(error, how);
  await job.ended;
  if (job.phase !== "cancelled") {
    throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId: job.id, from: job.phase, event: "cancel" });
  }
  return { epochs: job.epochsDone, partialSaved: session.weights !== undefined };
}
