import { REPUTATION_RULES, TIERS, type TierRule } from "@cyxwiz/central";
import { Fraction } from "./fraction.ts";
import { type Job, payOf } from "./job.ts";
import type { Rules } from "./rules.ts";
import type { Plan } from "./strategy.ts";

/**
 * What a node that is caught earns less afterwards, in base units. It has just reached its tier, so the points it loses
 * take it to the one below, until as many completed jobs have brought them back; meanwhile its jobs are at most that
 * tier's largest. Counted is the profit, and no ban and no suspension: a low estimate. A bronze node has nothing to
 * lose, and may be anybody's next name.
 */
export function lostFuture(job: Job, fault: Plan["fault"], rules: Rules): Fraction {
  const below = tierBelow(job);
  if (below === undefined) return Fraction.ZERO;
  const { JOB_COMPLETED, JOB_FAILED, PROOF_INVALID } = REPUTATION_RULES;
  const points = fault === "failed" ? JOB_FAILED.change : PROOF_INVALID.change;
  const jobs = Math.ceil(-points / JOB_COMPLETED.change);
  const amount = job.amount < below.largestJob ? job.amount : below.largestJob;
  const less = payOf(job, rules) - payOf({ ...job, amount, tier: below.tier }, rules);
  if (less <= 0n) return Fraction.ZERO;
  return Fraction.of(less * BigInt(jobs)).times(Fraction.bps(rules.costBps).complement());
}

function tierBelow({ tier }: Job): TierRule | undefined {
  return TIERS[TIERS.findIndex((rule) => rule.tier === tier) + 1];
}
