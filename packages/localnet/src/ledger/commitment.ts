/** How sure a reader wants to be. `processed` < `confirmed` < `finalized`. */
export type Commitment = "processed" | "confirmed" | "finalized";

/** A block is confirmed when it is closed, and finalized this many blocks behind the one that is open. */
export const FINALITY_BLOCKS = 32;

/** A blockhash may be used in this many blocks after the one that made it. */
export const BLOCKHASH_LIFE_BLOCKS = 150;
