import { expectedValue } from "./expected-value.ts";
import { Fraction } from "./fraction.ts";
import type { Job } from "./job.ts";
import type { Rules } from "./rules.ts";
import type { Strategy } from "./strategy.ts";

/** Values are linear in a chance, so two of them say where it pays no more; undefined: it pays at any. */
function zeroBetween(atNone: Fraction, atAll: Fraction): Fraction | undefined {
  if (!atNone.isAbove(Fraction.ZERO)) return Fraction.ZERO;
  if (!atAll.isNegative()) return undefined;
  return atNone.dividedBy(atNone.minus(atAll));
}

/**
 * The audit rate above which a strategy does not pay, 0 to 1; the limit from which all jobs are audited set aside.
 * Undefined where no rate is enough.
 */
export function breakEvenRate(strategy: Strategy, job: Job, rules: Rules): Fraction | undefined {
  const at = (auditRateBps: number) => {
    const audit = { ...rules.audit, auditRateBps, auditAlwaysFrom: job.amount + 1n };
    return expectedValue(strategy, job, { ...rules, audit });
  };
  return zeroBetween(at(0), at(10_000));
}

/** The share of hostile auditors up to which colluding with them does not pay; 1 where it never does. */
export function tolerableHostility(strategy: Strategy, job: Job, rules: Rules): Fraction {
  const at = (hostileAuditorBps: number) => expectedValue(strategy, job, { ...rules, hostileAuditorBps });
  const [none, all] = [at(0), at(10_000)];
  if (all.isNegative()) return Fraction.ONE;
  return none.isNegative() ? Fraction.ZERO.minus(none).dividedBy(all.minus(none)) : Fraction.ZERO;
}
