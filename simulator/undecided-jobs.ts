import { chanceOfDetection } from "./expected-value.ts";
import { Fraction } from "./fraction.ts";
import { type Job, payOf, stakeOf } from "./job.ts";
import type { Rules } from "./rules.ts";
import type { Strategy } from "./strategy.ts";

/** Beyond so many nobody looks. */
export const MOST_UNDECIDED = 100;

/**
 * What it is worth to cheat in `count` like jobs at once that all answer with one stake, in base units: each that is
 * found takes its part of what the others have left of it, so the expected slash grows slower than the pay. Future
 * earnings, suspension after three failures and the stake of auditors are left out; all count against the cheat.
 */
export function valueOfMany(strategy: Strategy, job: Job, rules: Rules, count: number): Fraction {
  const found = chanceOfDetection(strategy, job, rules);
  const pay = found.complement().times(Fraction.of(payOf(job, rules) * BigInt(count)));
  const partKept = found.times(Fraction.bps(rules.registry.slashInvalidProofBps)).complement();
  let kept = Fraction.ONE;
  for (let jobs = 0; jobs < count; jobs++) kept = kept.times(partKept);
  return pay.minus(kept.complement().times(Fraction.of(stakeOf(job, rules))));
}

/** How many undecided jobs one stake may answer for, so that cheating in all of them does not pay. */
export function tolerableUndecided(strategy: Strategy, job: Job, rules: Rules): number {
  let count = 0;
  while (count < MOST_UNDECIDED && valueOfMany(strategy, job, rules, count + 1).isNegative()) count++;
  return count;
}
