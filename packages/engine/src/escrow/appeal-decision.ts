import { requireTokens } from "@cyxwiz/chain";
import { getAppealInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction } from "./escrow-action.ts";

/**
 * Appeals against a decision as the party that lost, once, for a deposit. Gives the transaction's signature.
 *
 * @throws CyxwizError `INSUFFICIENT_TOKENS` for the deposit, `TRANSACTION_FAILED`
 */
export function appealDecision(escrow: Address, evidence: Uint8Array, options: EscrowAction): Promise<string> {
  const { chain, wallet, signal } = options;
  return act("Appealing", escrow, options, async ({ escrow: { mint, vault, appealDeposit }, use, program }) => {
    const loserToken = await requireTokens(chain, { owner: wallet.address, mint, amount: appealDeposit, signal });
    return getAppealInstruction({ ...use, loser: wallet, loserToken, vault, evidence }, program);
  });
}
