import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import { specOfJob } from "@cyxwiz/training";
import type { Agreement } from "../jobs/agreement.ts";
import { jobIdBytes } from "../jobs/job-id.ts";
import type { EscrowOnChain } from "./node-chain.ts";

/**
 * Holds what the chain says against what Central said: the tokens must be there, for this job, this node, these terms
 * and this amount, and for long enough. Throws ESCROW_MISMATCH naming the first field that differs.
 */
export function checkEscrow(
  escrow: EscrowOnChain | undefined,
  expected: {
    readonly agreement: Agreement;
    readonly nodeWallet: string;
    readonly mint: string;
    readonly nowSeconds: number;
  },
): asserts escrow is EscrowOnChain {
  const { agreement } = expected;
  const compare = (field: string, wanted: string, actual: string) => {
    if (wanted !== actual) throw new CyxwizError("ESCROW_MISMATCH", { field, expected: wanted, actual });
  };
  compare("account", agreement.escrowAddress, escrow ? agreement.escrowAddress : "none");
  if (!escrow) return;
  compare("job id", toHex(jobIdBytes(agreement.jobId)), toHex(escrow.jobId));
  compare("node", expected.nodeWallet, escrow.node);
  compare("mint", expected.mint, escrow.mint);
  compare("payer", agreement.payerWallet, escrow.payer);
  compare("amount", agreement.amount.toString(), escrow.amount.toString());
  compare("checkpoints", specOfJob(agreement.config).training.epochs.toString(), escrow.checkpoints.toString());
  compare("terms hash", toHex(agreement.termsHash), toHex(escrow.termsHash));
  if (!escrow.locked) compare("state", "locked", escrow.state);
  if (escrow.deadlineSeconds <= BigInt(expected.nowSeconds)) {
    compare("deadline", `after ${expected.nowSeconds}`, escrow.deadlineSeconds.toString());
  }
}
