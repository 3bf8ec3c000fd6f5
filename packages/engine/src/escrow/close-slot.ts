import { getCloseSlotInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction } from "./escrow-action.ts";

/**
 * Closes a slot whose last job is settled: its rent, and tokens that are left in it, go to the payer. Gives the
 * transaction's signature.
 *
 * @throws CyxwizError `TRANSACTION_FAILED` while the slot is in use, or for 20 minutes after its last job began
 */
export function closeSlot(escrow: Address, options: EscrowAction): Promise<string> {
  return act("Closing the slot", escrow, options, async ({ escrow: { vault, payerToken }, use, program }) =>
    getCloseSlotInstruction({ payer: options.wallet, escrow: use.escrow, vault, payerToken }, program),
  );
}
