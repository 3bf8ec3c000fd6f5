import type { Address } from "@solana/kit";
import type { StoredAccount } from "./account.ts";
import { mintState, tokenAccountState } from "./token-state.ts";

/** An amount of tokens as validators answer it; `uiAmount` is for eyes only. */
export interface UiTokenAmount {
  readonly amount: string;
  readonly decimals: number;
  readonly uiAmount: number | null;
  readonly uiAmountString: string;
}

export interface TokenBalance {
  readonly accountIndex: number;
  readonly mint: Address;
  readonly owner: Address;
  readonly programId: Address;
  readonly uiTokenAmount: UiTokenAmount;
}

export function uiTokenAmount(amount: bigint, decimals: number): UiTokenAmount {
  const digits = amount.toString().padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  const fraction = digits.slice(point).replace(/0+$/, "");
  const uiAmountString = fraction === "" ? digits.slice(0, point) : `${digits.slice(0, point)}.${fraction}`;
  return { amount: amount.toString(), decimals, uiAmount: Number(uiAmountString), uiAmountString };
}

/** The balances of those of a transaction's accounts that hold tokens. */
export function tokenBalances(
  keys: readonly Address[],
  states: readonly (StoredAccount | null)[],
  account: (address: Address) => StoredAccount | null,
): TokenBalance[] {
  return keys.flatMap((_, accountIndex) => {
    const holder = states[accountIndex] ?? null;
    const token = tokenAccountState(holder);
    if (holder === null || token === null) return [];
    // The mint may be one of this transaction's own accounts, made by it or closed by it.
    const named = keys.indexOf(token.mint);
    const mint = mintState(named >= 0 ? (states[named] ?? null) : account(token.mint));
    if (mint === null) return [];
    const { mint: mintAddress, owner, amount } = token;
    const ui = uiTokenAmount(amount, mint.decimals);
    return [{ accountIndex, mint: mintAddress, owner, programId: holder.owner, uiTokenAmount: ui }];
  });
}
