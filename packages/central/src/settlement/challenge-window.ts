import { type Escrow, FLAG_AUTO_RELEASE } from "@cyxwiz/contracts";
import type { SettlementContext } from "./settlement-context.ts";

const LOOK_AGAIN_SECONDS = 60;

/** Whether the payer has kept the challenge window for itself: then nothing is released before it is over. */
export function hasWindow({ flags }: Escrow): boolean {
  return (flags & FLAG_AUTO_RELEASE) === 0;
}

/**
 * Whether a release still has to wait for the payer, who may dispute it until then; if so, it is looked at again later. The
 * window runs from the last root on chain, or from the start where there is none.
 */
export async function awaitsChallenge(
  { chain, db, queue }: SettlementContext,
  jobId: string,
  escrow: Escrow,
): Promise<boolean> {
  if (!hasWindow(escrow)) return false;
  const { anchoredAt, startedAt, challengeWindowSeconds } = escrow;
  const until = (anchoredAt > startedAt ? anchoredAt : startedAt) + challengeWindowSeconds;
  const left = Number(until - (await chain.time()));
  if (left <= 0) return false;
  await db.transaction((tx) => queue.sendOnce(tx, "settle", jobId, Math.min(left + 1, LOOK_AGAIN_SECONDS)));
  return true;
}
