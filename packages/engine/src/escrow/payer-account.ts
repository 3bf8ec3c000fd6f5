import { findTokenAccount, tokenAccountBalance } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import type { Address } from "@solana/kit";
import type { EscrowContext } from "../engine-context.ts";

/** The wallet's token account, once it holds enough. Throws INSUFFICIENT_TOKENS. */
export async function payerAccount(
  { chain, wallet, signal }: EscrowContext,
  mint: Address,
  amount: bigint,
): Promise<Address> {
  const account = await findTokenAccount({ owner: wallet.address, mint });
  const available = await tokenAccountBalance(chain, account, signal);
  if (available >= amount) return account;
  const { address } = wallet;
  throw new CyxwizError("INSUFFICIENT_TOKENS", { wallet: address, needed: `${amount}`, available: `${available}` });
}
