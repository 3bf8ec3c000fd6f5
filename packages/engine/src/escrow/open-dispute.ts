import { getOpenDisputeInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction } from "./escrow-action.ts";

/**
 * Disputes a job as its payer or its node: nothing moves until the arbiter has decided. `evidence` is the SHA-256 of
 * what is to be shown. Gives the transaction's signature.
 *
 * @throws CyxwizError `TRANSACTION_FAILED`
 */
export function openDispute(escrow: Address, evidence: Uint8Array, options: EscrowAction): Promise<string> {
  return act("Opening a dispute", escrow, options, async ({ use, program }) =>
    getOpenDisputeInstruction({ ...use, party: options.wallet, evidence }, program),
  );
}
