import type { Chain } from "../chain.ts";
import { wait } from "../wait.ts";
import { type Awaited, type Confirmation, hasReached, landed } from "./confirmation.ts";

const WHAT = "Waiting for a transaction";
/** A guess to keep from asking too often, not to decide anything by. */
const SHORTEST_BLOCK_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Finds that a transaction can never land: the finalized chain has passed its last valid block height, and a node that
 * knows at least that much of the chain doesn't know the transaction. Nothing less is proof.
 */
export async function expiryStrategy(chain: Chain, awaited: Awaited): Promise<Confirmation> {
  const { signature, lastValidBlockHeight, commitment, pollMs, signal, onAsked } = awaited;
  for (;;) {
    let pauseMs = pollMs;
    try {
      const final = await chain.rpc.getEpochInfo({ commitment: "finalized" }).send({ abortSignal: signal });
      onAsked();
      const blocksLeft = lastValidBlockHeight - final.blockHeight;
      if (blocksLeft >= 0n) {
        pauseMs = Math.min(LONGEST_WAIT_MS, Math.max(pollMs, Number(blocksLeft) * SHORTEST_BLOCK_MS));
      } else {
        const { context, value } = await chain.rpc
          .getSignatureStatuses([signature], { searchTransactionHistory: true })
          .send({ abortSignal: signal });
        const [status] = value;
        if (status != null && hasReached(status.confirmationStatus, commitment)) return landed(chain, status.err);
        // Another provider may have answered this time, one that lags behind the first.
        if (status == null && context.slot >= final.absoluteSlot) return "expired";
      }
    } catch (error) {
      onAsked(error);
    }
    await wait(pauseMs, WHAT, signal);
  }
}
