import { cancellationShares } from "@cyxwiz/contracts";
import { breakEvenRate } from "../break-even.ts";
import { expectedValue } from "../expected-value.ts";
import { Fraction } from "../fraction.ts";
import { payOf } from "../job.ts";
import type { Rules } from "../rules.ts";
import { STRATEGIES } from "../strategies/index.ts";
import type { Plan, Strategy } from "../strategy.ts";
import { SAMPLE_JOBS } from "./sample-jobs.ts";
import { cyxwiz, percent, table } from "./text.ts";

/** Epochs of a job that early stopping with a patience of ten ends as soon as it can. */
const STOPPED_AFTER = 11;

/** What single rules are worth: the same strategies without them. */
export function withoutSection(rules: Rules): string {
  const named = (name: string) => STRATEGIES.find((strategy) => strategy.name === name)!;
  const changed = (strategy: Strategy, change: (plan: Plan, job: (typeof SAMPLE_JOBS)[number]) => Partial<Plan>) =>
    SAMPLE_JOBS.map((job) => {
      const plan = strategy.plan(job, rules);
      const without: Strategy = { ...strategy, plan: () => ({ ...plan, ...change(plan, job) }) };
      return { job, without };
    });
  const values = (cases: ReturnType<typeof changed>, all = rules) =>
    cases.map(({ job, without }) => cyxwiz(expectedValue(without, job, all)));

  const withheld = changed(named("random weights, state withheld"), () => ({ fault: "failed" }));
  const rates = withheld.map(({ job, without }) => percent(breakEvenRate(without, job, rules) ?? Fraction.ONE));
  // Who is never looked at passes: an audit that replays no epoch that is wrong.
  const cancelled = changed(named("half made up, then cancelled"), () => ({ refutable: 0 }));
  const stalled = changed(named("stalling until the payer cancels"), (_, job) => ({
    audit: "always",
    income: cancellationShares(job.amount, {
      leafCount: 0,
      checkpoints: job.epochs,
      cancelFeeBps: rules.platform.cancelFeeBps,
    }).node,
  }));
  const stopped = changed(named("one lie about a metric, to stop early"), (_, job) => ({
    leftOut: Fraction.of(job.epochs - STOPPED_AFTER, job.epochs),
    handedIn: STOPPED_AFTER,
    audit: "drawn",
  }));
  const unlimited: Rules = { ...rules, audit: { ...rules.audit, auditAlwaysFrom: 2n ** 64n } };
  const unaltered = changed(named("random weights"), () => ({}));
  return table(
    ["without it", ...SAMPLE_JOBS.map(({ label }) => label)],
    [
      ["a withheld state counts as a failure (10%): value", ...values(withheld)],
      ["… and its break-even rate", ...rates],
      ["no limit from which all are audited: random weights", ...values(unaltered, unlimited)],
      ["cancelled jobs are not audited: half made up", ...values(cancelled)],
      ["a stalled job is cancelled for a fee: stalling", ...values(stalled)],
      ["an early end is audited like any other: one lie, after 11 of 100 epochs", ...values(stopped)],
      ["payer and node agree to cancel a finished job: both together", ...feesAvoided(rules)],
    ],
  );
}

function feesAvoided(rules: Rules): string[] {
  return SAMPLE_JOBS.map((job) => {
    const checkpoints = job.epochs;
    const { cancelFeeBps } = rules.platform;
    const { node } = cancellationShares(job.amount, { leafCount: checkpoints, checkpoints, cancelFeeBps });
    return cyxwiz(node - payOf(job, rules));
  });
}
