import type { Address } from "@solana/kit";
import type { Execution } from "./bank.ts";
import type { TokenBalance } from "./token-balance.ts";
import type { WireTransaction } from "./wire-transaction.ts";

/** A transaction that is in a block, with everything a client may ask about it. */
export interface TransactionRecord extends Execution {
  readonly wire: WireTransaction;
  readonly height: number;
  readonly slot: number;
  readonly blockTime: number;
  readonly loaded: { readonly writable: readonly Address[]; readonly readonly: readonly Address[] };
  /** Lamports that the fee payer paid, also when the transaction failed. */
  readonly fee: bigint;
  readonly preBalances: readonly bigint[];
  readonly postBalances: readonly bigint[];
  readonly preTokenBalances: readonly TokenBalance[];
  readonly postTokenBalances: readonly TokenBalance[];
}

/** All accounts that the transaction names, in index order. */
export function accountKeysOf({ wire, loaded }: Pick<TransactionRecord, "wire" | "loaded">): Address[] {
  return [...wire.staticKeys, ...loaded.writable, ...loaded.readonly];
}
