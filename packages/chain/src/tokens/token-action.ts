import type { TransactionSigner } from "@solana/kit";

/** What every action on tokens takes. */
export interface TokenAction {
  /** Pays fees and rent. */
  readonly feePayer: TransactionSigner;
  readonly signal?: AbortSignal;
}
