import { CyxwizError } from "@cyxwiz/errors";
import { type CentralClient, throwWireError } from "../central-client/central-client.ts";
import type { Agreement } from "../jobs/agreement.ts";
import { checkTerms } from "../jobs/check-job.ts";

/** A token, or the unused token of a job that follows on another one's session. */
export type Redeemable =
  | { readonly jobId: string; readonly authToken: string }
  | { readonly jobId: string; readonly previousJobId: string };

/** What Central says of a job whose token is used up. */
export interface Redeemed {
  readonly agreement: Agreement;
  /** Nothing is to be done for it any more. */
  readonly over: boolean;
}

/** Uses up a job's token at Central. Throws JOB_TERMS_MISMATCH, or why Central does not redeem it. */
export async function redeem(central: CentralClient, what: Redeemable): Promise<Redeemed> {
  const { nodeId } = central.registration;
  const { jobId } = what;
  const answer = throwWireError(await central.call((nodes) => nodes.redeemToken({ nodeId, ...what })));
  if (answer.jobId !== jobId || !answer.config) {
    const which = "the job that Central redeemed the token for";
    throw new CyxwizError("JOB_TERMS_MISMATCH", {
      jobId,
      what: which,
      expected: jobId,
      actual: answer.jobId || "none",
    });
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
  return { agreement, over: answer.over };
}

/** A job that is over, and that this node knows nothing of, opens no session. Throws WEIGHTS_NOT_READY. */
export function requireWork({ agreement, over }: Redeemed): Agreement {
  if (!over) return agreement;
  const phase = "over, and this node keeps nothing of it";
  throw new CyxwizError("WEIGHTS_NOT_READY", { jobId: agreement.jobId, phase });
}
