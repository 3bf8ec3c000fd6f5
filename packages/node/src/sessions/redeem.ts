import { CyxwizError } from "@cyxwiz/errors";
import { type CentralClient, throwWireError } from "../central-client/central-client.ts";
import type { Agreement } from "../jobs/agreement.ts";
import { checkTerms } from "../jobs/check-job.ts";

/** A token, or the unused token of a job that follows on another one's session. */
export type Redeemable =
  | { readonly jobId: string; readonly authToken: string }
  | { readonly jobId: string; readonly previousJobId: string };

/** Uses up a job's token at Central, and gives what was agreed. Throws JOB_TERMS_MISMATCH, or why Central does not redeem it. */
export async function redeem(central: CentralClient, what: Redeemable): Promise<Agreement> {
  const { nodeId } = central.registration;
  const { jobId } = what;
  const answer = throwWireError(await central.call((nodes) => nodes.redeemToken({ nodeId, ...what })));
  if (answer.jobId !== jobId || !answer.config) {
    const of = "the job that Central redeemed the token for";
    throw new CyxwizError("JOB_TERMS_MISMATCH", { jobId, what: of, expected: jobId, actual: answer.jobId || "none" });
  }
  const agreement: Agreement = {
    jobId,
    config: { ...answer.config, jobId },
    termsHash: answer.termsHash,
    escrowAddress: answer.escrowAddress,
    payerWallet: answer.payerWallet,
    amount: answer.amount,
  };
  checkTerms(agreement.config, agreement, "that Central gives");
  return agreement;
}
