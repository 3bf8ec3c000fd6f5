import { isAlwaysAuditedByCentral } from "./expected-value.ts";
import type { Job } from "./job.ts";
import { type Outcomes, outcomesOf } from "./outcome.ts";
import { Random } from "./random.ts";
import type { Rules } from "./rules.ts";
import type { Plan, Strategy } from "./strategy.ts";

/** What came of playing a strategy many times, in base units. */
export interface Played {
  readonly runs: number;
  readonly mean: number;
  /** Of the mean. */
  readonly standardError: number;
}

/** Plays a job again and again by the rules: draws the audit, its auditor, its epochs and the second look. */
export function play(
  strategy: Strategy,
  job: Job,
  rules: Rules,
  { runs, seed }: { runs: number; seed: number },
): Played {
  const random = new Random(seed);
  const plan = strategy.plan(job, rules);
  const money = outcomesOf(plan, job, rules);
  const worth = {
    passed: money.passed.toNumber(),
    caught: money.caught.toNumber(),
    caughtWithAuditor: money.caughtWithAuditor.toNumber(),
  };
  const times = { passed: 0, caught: 0, caughtWithAuditor: 0 };
  for (let run = 0; run < runs; run++) times[playOnce(plan, job, rules, random)]++;
  const ends = Object.keys(times) as (keyof Outcomes)[];
  const mean = ends.reduce((sum, end) => sum + times[end] * worth[end], 0) / runs;
  const squares = ends.reduce((sum, end) => sum + times[end] * (worth[end] - mean) ** 2, 0);
  return { runs, mean, standardError: Math.sqrt(squares / (runs - 1) / runs) };
}

function playOnce(plan: Plan, job: Job, rules: Rules, random: Random): keyof Outcomes {
  if (plan.audit === "never") return "caught";
  const happens = (bps: number) => random.below(10_000) < bps;
  const { auditRateBps, auditRecheckBps, auditSegments } = rules.audit;
  const byCentral = isAlwaysAuditedByCentral(job, rules);
  if (plan.audit === "drawn" && !byCentral && !happens(auditRateBps)) return "passed";
  const inLeague = plan.colludes === true && !byCentral && happens(rules.hostileAuditorBps);
  if (inLeague && !happens(auditRecheckBps)) return "passed";
  const replayed = drawEpochs(plan.handedIn, auditSegments, random);
  if (!replayed.some((epoch) => epoch < plan.refutable)) return "passed";
  return inLeague ? "caughtWithAuditor" : "caught";
}

/** Different epochs, evenly drawn. That the refutable ones come first makes no difference to that. */
function drawEpochs(epochs: number, segments: number, random: Random): number[] {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(segments, epochs)) drawn.add(random.below(epochs));
  return [...drawn];
}
