import { chanceOfHit } from "./chance-of-hit.ts";
import { Fraction } from "./fraction.ts";
import type { Job } from "./job.ts";
import { outcomesOf } from "./outcome.ts";
import type { Rules } from "./rules.ts";
import type { Plan, Strategy } from "./strategy.ts";

/** Exact chances of how a plan ends; what is left of 1 passes. */
export interface Chances {
  readonly caught: Fraction;
  readonly caughtWithAuditor: Fraction;
}

/** Who looks at a job, and how likely. */
export function isAlwaysAuditedByCentral(job: Job, { audit }: Rules): boolean {
  return job.amount >= audit.auditAlwaysFrom;
}

/** The chances that a plan is found out, in closed form. */
export function chancesOf(plan: Plan, job: Job, rules: Rules): Chances {
  if (plan.audit === "never") return { caught: Fraction.ONE, caughtWithAuditor: Fraction.ZERO };
  const byCentral = isAlwaysAuditedByCentral(job, rules);
  const audited = plan.audit === "always" || byCentral ? Fraction.ONE : Fraction.bps(rules.audit.auditRateBps);
  const hit = chanceOfHit(plan.handedIn, plan.refutable, rules.audit.auditSegments).times(audited);
  const hostile = plan.colludes && !byCentral ? Fraction.bps(rules.hostileAuditorBps) : Fraction.ZERO;
  return {
    caught: hit.times(hostile.complement()),
    caughtWithAuditor: hit.times(hostile).times(Fraction.bps(rules.audit.auditRecheckBps)),
  };
}

/** How likely a strategy is found out. */
export function chanceOfDetection(strategy: Strategy, job: Job, rules: Rules): Fraction {
  const { caught, caughtWithAuditor } = chancesOf(strategy.plan(job, rules), job, rules);
  return caught.plus(caughtWithAuditor);
}

/**
 * What a strategy is worth beside honest work on the same job, in base units: negative where it does not pay. Exact.
 */
export function expectedValue(strategy: Strategy, job: Job, rules: Rules): Fraction {
  const plan = strategy.plan(job, rules);
  const { passed, caught, caughtWithAuditor } = outcomesOf(plan, job, rules);
  const chances = chancesOf(plan, job, rules);
  const passes = chances.caught.plus(chances.caughtWithAuditor).complement();
  return passes
    .times(passed)
    .plus(chances.caught.times(caught))
    .plus(chances.caughtWithAuditor.times(caughtWithAuditor));
}
