import type { Escrow } from "./generated/job-escrow/index.ts";

/**
 * The nonce that the next job of a slot must name: one more than the last; for a slot that is new, or was closed, the
 * chain's clock, so that no two jobs of a slot ever share one.
 *
 * @param escrow the slot's account, if there is one
 * @param chainSeconds the chain's clock, in Unix seconds
 */
export function nextNonce(escrow: Pick<Escrow, "nonce"> | undefined, chainSeconds: bigint): bigint {
  return escrow === undefined ? chainSeconds : escrow.nonce + 1n;
}
