import { CyxwizError } from "@cyxwiz/errors";
import type { Address } from "@solana/kit";
import type { Chain } from "../chain.ts";
import { findTokenAccount, type Holding, tokenAccountBalance } from "./token-account.ts";

/**
 * The owner's token account, once it holds so many base units.
 *
 * @throws CyxwizError INSUFFICIENT_TOKENS
 */
export async function requireTokens(
  chain: Chain,
  { owner, mint, amount, signal }: Holding & { readonly amount: bigint; readonly signal?: AbortSignal | undefined },
): Promise<Address> {
  const account = await findTokenAccount({ owner, mint });
  const available = await tokenAccountBalance(chain, account, signal);
  if (available >= amount) return account;
  throw new CyxwizError("INSUFFICIENT_TOKENS", { wallet: owner, needed: `${amount}`, available: `${available}` });
}
