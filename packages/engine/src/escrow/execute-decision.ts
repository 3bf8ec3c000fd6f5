import { getExecuteDecisionInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction, payoutAccounts } from "./escrow-action.ts";

/**
 * Carries a decision out that can no longer be appealed against; anybody may. Gives the transaction's signature.
 *
 * @throws CyxwizError `TRANSACTION_FAILED`
 */
export function executeDecision(escrow: Address, options: EscrowAction): Promise<string> {
  return act("Carrying the decision out", escrow, options, async (context) =>
    getExecuteDecisionInstruction(
      { ...context.use, ...(await payoutAccounts(context, options)), caller: options.wallet },
      context.program,
    ),
  );
}
