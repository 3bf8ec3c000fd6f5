import { getApprovePaymentInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction, payoutAccounts } from "./escrow-action.ts";

/**
 * Pays the node without asking for the proof. Gives the transaction's signature.
 *
 * @throws CyxwizError `TRANSACTION_FAILED` unless the wallet is the payer and the node has started
 */
export function approvePayment(escrow: Address, options: EscrowAction): Promise<string> {
  return act("Approving the payment", escrow, options, async (context) =>
    getApprovePaymentInstruction(
      { ...context.use, ...(await payoutAccounts(context, options)), payer: options.wallet },
      context.program,
    ),
  );
}
