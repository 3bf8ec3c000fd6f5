import { TIERS } from "@cyxwiz/central";
import { breakEvenRate } from "../break-even.ts";
import { expectedValue } from "../expected-value.ts";
import { Fraction } from "../fraction.ts";
import { allJobs } from "../job-sizes.ts";
import type { Rules } from "../rules.ts";
import { STRATEGIES } from "../strategies/index.ts";
import { cyxwiz, percent, table } from "./text.ts";

/** For each tier, of all strategies and sizes, the case in which a cheat comes nearest to paying. */
export function worstSection(rules: Rules): string {
  const jobs = allJobs(rules);
  return table(
    ["tier", "cases", "that pay", "highest break-even rate below the limit", "of", "job"],
    TIERS.map(({ tier }) => {
      const cases = STRATEGIES.flatMap((strategy) =>
        jobs
          .filter((job) => job.tier === tier)
          .map((job) => ({ strategy, job, value: expectedValue(strategy, job, rules) })),
      );
      const paying = cases.filter(({ value }) => !value.isNegative());
      const [worst] = cases
        .filter(({ job }) => job.amount < rules.audit.auditAlwaysFrom)
        .map((one) => ({ ...one, rate: breakEvenRate(one.strategy, one.job, rules) ?? Fraction.ONE }))
        .sort((a, b) => (a.rate.isAbove(b.rate) ? -1 : 1));
      const { rate, strategy, job } = worst!;
      const size = `${cyxwiz(job.amount)}, ${job.epochs} epoch${job.epochs === 1 ? "" : "s"}`;
      return [tier, String(cases.length), String(paying.length), percent(rate), strategy.name, size];
    }),
  );
}
