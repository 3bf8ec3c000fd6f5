import { tolerableHostility } from "../break-even.ts";
import type { Rules } from "../rules.ts";
import { STRATEGIES } from "../strategies/index.ts";
import { MOST_UNDECIDED, tolerableUndecided } from "../undecided-jobs.ts";
import { SAMPLE_JOBS } from "./sample-jobs.ts";
import { percent, table } from "./text.ts";

/** How much of what no rule of this page prevents the defaults put up with. */
export function limitsSection(rules: Rules): string {
  const named = (name: string) => STRATEGIES.find((strategy) => strategy.name === name)!;
  const [alone, inLeague] = [named("random weights"), named("random weights, auditors in league")];
  return table(
    ["job", "auditors in league, at most", "undecided jobs on one stake, at most"],
    SAMPLE_JOBS.map((job) => {
      const undecided = tolerableUndecided(alone, job, rules);
      return [
        job.label,
        percent(tolerableHostility(inLeague, job, rules)),
        undecided === MOST_UNDECIDED ? `${MOST_UNDECIDED} and more` : String(undecided),
      ];
    }),
  );
}
