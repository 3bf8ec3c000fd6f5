import { type PriceInput, price, TIERS, type Tier } from "@cyxwiz/central";
import { type Job, largestJob } from "./job.ts";
import type { Rules } from "./rules.ts";

const GIB = 1n << 30n;
const HOUR_MS = 3_600_000n;

type Work = Omit<PriceInput, "tier">;

/** Jobs that people have, from a demo to a month on the best hardware there is. */
const WORK: readonly Work[] = [
  { compute: "cpu", ramBytes: 2n * GIB, vramBytes: 0n, durationMs: HOUR_MS / 60n, priority: "normal" },
  { compute: "cpu", ramBytes: 4n * GIB, vramBytes: 0n, durationMs: 2n * HOUR_MS, priority: "normal" },
  { compute: "consumerGpu", ramBytes: 16n * GIB, vramBytes: 8n * GIB, durationMs: 12n * HOUR_MS, priority: "normal" },
  {
    compute: "dataCentreGpu",
    ramBytes: 80n * GIB,
    vramBytes: 80n * GIB,
    durationMs: 720n * HOUR_MS,
    priority: "critical",
  },
];

const EPOCHS = [1, 2, 3, 10, 100, 10_000, 1_000_000];

/** Amounts of a tier's jobs in base units, ascending: what work costs, and both sides of every limit that counts. */
export function amountsOf(tier: Tier, { platform, audit }: Rules): bigint[] {
  const limits = [...platform.stakeBounds, ...TIERS.map((rule) => rule.largestJob), audit.auditAlwaysFrom];
  const edges = limits.flatMap((limit) => [limit - 1n, limit]);
  const amounts = [...WORK.map((work) => price({ ...work, tier })), ...edges, 1n];
  const fitting = amounts.filter((amount) => amount <= largestJob(tier));
  return [...new Set(fitting)].sort((a, b) => (a < b ? -1 : 1));
}

/** Jobs of every tier and size, with one epoch to a million. */
export function allJobs(rules: Rules): Job[] {
  return TIERS.flatMap(({ tier }) =>
    amountsOf(tier, rules).flatMap((amount) => EPOCHS.map((epochs): Job => ({ amount, epochs, tier }))),
  );
}
