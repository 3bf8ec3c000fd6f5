import { getSubmitEvidenceInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction } from "./escrow-action.ts";

/**
 * Puts a party's evidence (its SHA-256) beside a dispute, while there is time for it. Gives the transaction's signature.
 *
 * @throws CyxwizError `TRANSACTION_FAILED`
 */
export function submitEvidence(escrow: Address, evidence: Uint8Array, options: EscrowAction): Promise<string> {
  return act("Handing in evidence", escrow, options, async ({ use, program }) =>
    getSubmitEvidenceInstruction({ ...use, party: options.wallet, evidence }, program),
  );
}
