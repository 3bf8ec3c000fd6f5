import { getExtendEscrowInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction } from "./escrow-action.ts";

/**
 * Gives the node more time: `deadline` in Unix seconds, later than it is now. Gives the transaction's signature.
 *
 * @throws CyxwizError `TRANSACTION_FAILED` after the old deadline, or for one too far away
 */
export function extendEscrow(escrow: Address, deadline: bigint, options: EscrowAction): Promise<string> {
  return act("Giving the job more time", escrow, options, async ({ use, platform, program }) =>
    getExtendEscrowInstruction({ ...use, platform, payer: options.wallet, deadline }, program),
  );
}
