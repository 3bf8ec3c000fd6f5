import type { Base64EncodedWireTransaction, Signature } from "@solana/kit";

/** A transaction that can be sent, now or after a crash. Plain data: fit for a row in a database. */
export interface SignedTransaction {
  readonly signature: Signature;
  readonly wireTransaction: Base64EncodedWireTransaction;
  /** Once the finalized block height is above this, the transaction can't land any more. */
  readonly lastValidBlockHeight: bigint;
}
