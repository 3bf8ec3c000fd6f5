import { getCancelRunningInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction, payoutAccounts } from "./escrow-action.ts";

/**
 * Ends a job that runs: the node gets the part whose checkpoints are on chain and a fee, the payer the rest. Gives the
 * transaction's signature.
 *
 * @throws CyxwizError `TRANSACTION_FAILED`
 */
export function cancelRunning(escrow: Address, options: EscrowAction): Promise<string> {
  return act("Cancelling the job", escrow, options, async (context) => {
    const { leafCount } = context.escrow;
    const { treasury: _untouched, ...accounts } = await payoutAccounts(context, options);
    return getCancelRunningInstruction(
      { ...context.use, ...accounts, authority: options.wallet, leafCount },
      context.program,
    );
  });
}
