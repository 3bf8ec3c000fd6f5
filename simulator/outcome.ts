import { Fraction } from "./fraction.ts";
import { type Job, payOf, stakeOf } from "./job.ts";
import { lostFuture } from "./lost-future.ts";
import type { Rules } from "./rules.ts";
import type { Plan } from "./strategy.ts";

/** What a cheat has from a job beyond what the same job done honestly would have earned, in base units. */
export interface Outcomes {
  readonly passed: Fraction;
  readonly caught: Fraction;
  /** Caught after an auditor in league had let it pass: that auditor's stake goes as well. */
  readonly caughtWithAuditor: Fraction;
}

/** The ways in which a plan can end, in money. */
export function outcomesOf(plan: Plan, job: Job, rules: Rules): Outcomes {
  const pay = Fraction.of(payOf(job, rules));
  const cost = pay.times(Fraction.bps(rules.costBps));
  const spent = cost.times(plan.leftOut.complement());
  const honest = pay.minus(cost);
  const { slashTimeoutBps, slashInvalidProofBps } = rules.registry;
  const stake = stakeOf(job, rules);
  const slash = slashed(stake, plan.fault === "failed" ? slashTimeoutBps : slashInvalidProofBps);
  const nothing = Fraction.ZERO.minus(spent).minus(honest);
  const caught = nothing.minus(slash).minus(lostFuture(job, plan.fault, rules));
  return {
    passed: Fraction.of(plan.income).plus(nothing),
    caught,
    caughtWithAuditor: caught.minus(slashed(stake, slashInvalidProofBps)),
  };
}

// Rounded down, as node-registry does.
function slashed(stake: bigint, bps: number): Fraction {
  return Fraction.of((stake * BigInt(bps)) / 10_000n);
}
