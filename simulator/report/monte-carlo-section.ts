import { expectedValue } from "../expected-value.ts";
import { play } from "../monte-carlo.ts";
import type { Rules } from "../rules.ts";
import { STRATEGIES } from "../strategies/index.ts";
import { SAMPLE_JOBS } from "./sample-jobs.ts";
import { cyxwiz, table } from "./text.ts";

/** How often, and from which seed, the tables play each strategy. */
export const PLAYED = { runs: 20_000, seed: 1 } as const;

/** The closed form beside what playing by the rules came to. */
export function monteCarloSection(rules: Rules): string {
  const job = SAMPLE_JOBS[1]!;
  return table(
    ["strategy", "closed form", `mean of ${PLAYED.runs.toLocaleString("en")} runs`, "standard error"],
    STRATEGIES.map((strategy, index) => {
      const { mean, standardError } = play(strategy, job, rules, { runs: PLAYED.runs, seed: PLAYED.seed + index });
      return [strategy.name, cyxwiz(expectedValue(strategy, job, rules)), cyxwiz(mean), cyxwiz(standardError)];
    }),
  );
}
