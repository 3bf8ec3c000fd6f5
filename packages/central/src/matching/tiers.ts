import { CYXWIZ, type Tier } from "../pricing/rates.ts";

/** What a tier asks for, and what it allows. */
export interface TierRule {
  readonly tier: Tier;
  /** Lowest score of the tier, of 1000. */
  readonly from: number;
  /** The largest job its nodes may take, in base units. */
  readonly largestJob: bigint;
}

const UNLIMITED = 2n ** 64n - 1n;

/** The tiers of nodes, the best first. */
export const TIERS: readonly [TierRule, ...TierRule[]] = [
  { tier: "diamond", from: 800, largestJob: UNLIMITED },
  { tier: "gold", from: 600, largestJob: 200n * CYXWIZ },
  { tier: "silver", from: 300, largestJob: 50n * CYXWIZ },
  { tier: "bronze", from: 0, largestJob: 10n * CYXWIZ },
];

/** The tier of a reputation score, and what it may take. */
export function tierOf(score: number): TierRule {
  return TIERS.find((rule) => score >= rule.from) ?? (TIERS.at(-1) as TierRule);
}
