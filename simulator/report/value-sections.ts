import { breakEvenRate } from "../break-even.ts";
import { chanceOfDetection, expectedValue } from "../expected-value.ts";
import type { Rules } from "../rules.ts";
import { STRATEGIES } from "../strategies/index.ts";
import { SAMPLE_JOBS } from "./sample-jobs.ts";
import { cyxwiz, percent, table } from "./text.ts";

/** The jobs that the columns stand for. */
export function jobsSection(): string {
  return table(
    ["job", "CYXWIZ", "epochs"],
    SAMPLE_JOBS.map(({ label, amount, epochs }) => [label, cyxwiz(amount), String(epochs)]),
  );
}

/** What finds a strategy, and how likely. */
export function detectionSection(rules: Rules): string {
  const first = SAMPLE_JOBS[0]!;
  return table(
    ["strategy", "what finds it", "how likely, below the limit"],
    STRATEGIES.map((strategy) => [strategy.name, strategy.foundBy, percent(chanceOfDetection(strategy, first, rules))]),
  );
}

/** What each strategy is worth beside honest work. */
export function valueSection(rules: Rules): string {
  return table(
    ["strategy", ...SAMPLE_JOBS.map(({ label }) => label)],
    STRATEGIES.map((strategy) => [
      strategy.name,
      ...SAMPLE_JOBS.map((job) => cyxwiz(expectedValue(strategy, job, rules))),
    ]),
  );
}

/** The rate of audits above which each strategy stops to pay. */
export function breakEvenSection(rules: Rules): string {
  const rows = STRATEGIES.flatMap((strategy) => {
    const rates = SAMPLE_JOBS.map((job) => breakEvenRate(strategy, job, rules));
    if (rates.every((rate) => rate?.isZero())) return [];
    return [[strategy.name, ...rates.map((rate) => (rate === undefined ? "none is enough" : percent(rate)))]];
  });
  return table(["strategy", ...SAMPLE_JOBS.map(({ label }) => label)], rows);
}
