import type { ReputationEntryArgs } from "./generated/reputation-manager/index.ts";

/** What a node's score is computed from. */
export type ReputationCounters = Omit<ReputationEntryArgs, "wallet" | "score" | "tier" | "reserved">;

/** Every mean starts with this many observations at zero, so that one good job makes no diamond. */
const PHANTOMS = 20n;

/**
 * A node's score, 0 to 1000, as reputation-manager computes it: five smoothed means, each rounded down, and the points
 * for what happened.
 *
 * @example
 * ```ts
 * const page = await fetchPage(rpc, await findPageAddress(0));
 * reputationScore(page.data.entries[3]!);
 * ```
 */
export function reputationScore(counters: ReputationCounters): number {
  const part = (weight: bigint, sum: number, count: number, unit = 1n) =>
    Number((weight * BigInt(sum)) / ((BigInt(count) + PHANTOMS) * unit));
  const score =
    part(400n, counters.completed, counters.assigned) +
    part(250n, counters.accuracySum, counters.accuracyCount, 1_000n) +
    part(40n, counters.ratingSum, counters.ratingCount) +
    part(100n, counters.validProofs, counters.proofs) +
    part(50n, counters.uptimeSum, counters.uptimeCount, 1_000n) +
    counters.events;
  return Math.min(Math.max(score, 0), 1_000);
}

/** The tier of a score: 0 bronze, 1 silver, 2 gold, 3 diamond. */
export function reputationTier(score: number): 0 | 1 | 2 | 3 {
  if (score < 300) return 0;
  if (score < 600) return 1;
  return score < 800 ? 2 : 3;
}

/** A node's entry by its number as node-registry keeps it (`reputationEntry`): the page's index and the place in it. */
export function entryOfNumber(number: number): { readonly pageIndex: number; readonly entry: number } | undefined {
  if (number === 0) return undefined;
  return { pageIndex: Math.floor((number - 1) / 128), entry: (number - 1) % 128 };
}
