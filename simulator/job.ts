import { TIERS, type Tier } from "@cyxwiz/central";
import { completionShares, minimumStake } from "@cyxwiz/contracts";
import type { Rules } from "./rules.ts";

/** A job as a cheat sees it. */
export interface Job {
  /** In the escrow, in base units. */
  readonly amount: bigint;
  readonly epochs: number;
  /** The node's. */
  readonly tier: Tier;
}

/** What its node has staked if it keeps to the minimum, in base units. */
export function stakeOf(job: Job, { platform }: Rules): bigint {
  return minimumStake(job.amount, platform);
}

/** What its node is paid once it is complete, in base units. */
export function payOf(job: Job, { platform }: Rules): bigint {
  return completionShares(job.amount, job.tier === "diamond" ? platform.diamondFeeBps : platform.feeBps).node;
}

/** The largest job of a tier, in base units. */
export function largestJob(tier: Tier): bigint {
  return TIERS.find((rule) => rule.tier === tier)!.largestJob;
}
