import { createTokenAccount, tokenAccountBalance } from "@cyxwiz/chain";
import { EscrowState, fetchEscrow, getCollectLeftoverInstruction } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { act, type EscrowAction } from "./escrow-action.ts";

/**
 * Takes to the payer's own token account what the slot's last job left in its vault, because the account that it was paid
 * from could not receive it. The registry need not have heard of that job. Gives the transaction's signature, or nothing
 * when nothing is left.
 *
 * @throws CyxwizError `TRANSACTION_FAILED`
 */
export async function collectLeftover(escrow: Address, options: EscrowAction): Promise<string | undefined> {
  const { chain, wallet, signal } = options;
  const read = { commitment: "confirmed", ...(signal && { abortSignal: signal }) } as const;
  const { state, vault, mint } = (await fetchEscrow(chain.rpc, escrow, read)).data;
  if (state !== EscrowState.Settled || (await tokenAccountBalance(chain, vault, signal)) === 0n) return undefined;
  const holding = { owner: wallet.address, mint, feePayer: wallet, ...(signal && { signal }) };
  const payerToken = await createTokenAccount(chain, holding);
  return act("Collecting what is left", escrow, options, async ({ use, program }) =>
    getCollectLeftoverInstruction({ ...use, payer: wallet, vault, payerToken }, program),
  );
}
