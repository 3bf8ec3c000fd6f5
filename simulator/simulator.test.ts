import { TIERS } from "@cyxwiz/central";
import { expect, test } from "vitest";
import { breakEvenRate } from "./break-even.ts";
import { chanceOfHit } from "./chance-of-hit.ts";
import { expectedValue } from "./expected-value.ts";
import { Fraction } from "./fraction.ts";
import { type Job, largestJob, payOf, stakeOf } from "./job.ts";
import { allJobs, amountsOf } from "./job-sizes.ts";
import { play } from "./monte-carlo.ts";
import { DEFAULT_RULES, type Rules } from "./rules.ts";
import { STRATEGIES } from "./strategies/index.ts";

const CYXWIZ = 1_000_000_000n;
const RANDOM_WEIGHTS = STRATEGIES.find(({ name }) => name === "random weights")!;
const LYING = STRATEGIES.find(({ name }) => name.startsWith("metrics that lie"))!;

/** Strategies that pay somewhere. */
function paying(rules: Rules): string[] {
  return STRATEGIES.filter((strategy) =>
    allJobs(rules).some((job) => !expectedValue(strategy, job, rules).isNegative()),
  ).map(({ name }) => name);
}

test("with the defaults no strategy pays, whatever the tier, the size and what honest work costs", () => {
  expect(STRATEGIES.length).toBeGreaterThan(20);
  for (const costBps of [10_000, 6_000, 0]) expect(paying({ ...DEFAULT_RULES, costBps })).toEqual([]);
});

test("every tier is looked at up to its largest job, and beyond every limit of the stake", () => {
  for (const { tier } of TIERS) {
    const amounts = amountsOf(tier, DEFAULT_RULES);
    expect(amounts.length).toBeGreaterThan(4);
    if (tier !== "diamond") expect(amounts.at(-1)).toBe(largestJob(tier));
  }
  expect(amountsOf("diamond", DEFAULT_RULES).at(-1)).toBeGreaterThan(10_000n * CYXWIZ);
});

test("audits, their rate, the limit from which all are audited and the size of stakes are all needed", () => {
  const audit = (change: Partial<Rules["audit"]>) => ({
    ...DEFAULT_RULES,
    audit: { ...DEFAULT_RULES.audit, ...change },
  });
  expect(paying(audit({ auditRateBps: 0 }))).toContain("random weights");
  expect(paying(audit({ auditRateBps: 4_000 }))).toContain("random weights");
  expect(paying(audit({ auditAlwaysFrom: 2n ** 64n }))).toContain("random weights");
  expect(paying({ ...DEFAULT_RULES, hostileAuditorBps: 3_000 })).toEqual(["random weights, auditors in league"]);
  const platform = {
    ...DEFAULT_RULES.platform,
    stakeMinimums: DEFAULT_RULES.platform.stakeMinimums.map((m) => m / 2n),
  };
  expect(paying({ ...DEFAULT_RULES, platform })).toContain("random weights");
});

test("by hand: random weights for a bronze node's 9 CYXWIZ", () => {
  const job: Job = { amount: 9n * CYXWIZ, epochs: 100, tier: "bronze" };
  // 40% pass, with 8.1 CYXWIZ; 60% lose a quarter of 50.
  expect(expectedValue(RANDOM_WEIGHTS, job, DEFAULT_RULES).toNumber()).toBe(0.4 * 8.1e9 - 0.6 * 12.5e9);
  expect(breakEvenRate(RANDOM_WEIGHTS, job, DEFAULT_RULES)?.toNumber()).toBeCloseTo(8.1 / (8.1 + 12.5), 12);
  // Nothing saved: only what being found costs, pay and slash, in 2 of 100 epochs of 60 audits; 10 of them lie.
  const hit = 1 - (90 * 89) / (100 * 99);
  const value = expectedValue(LYING, job, DEFAULT_RULES).toNumber();
  expect(value).toBeCloseTo(-0.6 * hit * (8.1e9 + 12.5e9), 0);
});

test("by hand: a gold node that is caught also earns a silver node's pay for ten jobs", () => {
  const job: Job = { amount: 100n * CYXWIZ, epochs: 1, tier: "gold" };
  const rules = { ...DEFAULT_RULES, costBps: 6_000 };
  expect([payOf(job, rules), stakeOf(job, rules)]).toEqual([90n * CYXWIZ, 1_000n * CYXWIZ]);
  const caught = -(250 + 10 * 0.4 * (90 - 45)) - 0.4 * 90;
  const passed = 90 - 0.4 * 90;
  const value = expectedValue(RANDOM_WEIGHTS, job, rules).toNumber();
  expect(value).toBeCloseTo((0.4 * passed + 0.6 * caught) * 1e9, 0);
});

test("the chance that a replayed epoch is a made-up one is the hypergeometric one", () => {
  expect(chanceOfHit(5, 2, 2)).toEqual(Fraction.of(7, 10));
  expect(chanceOfHit(100, 100, 1)).toEqual(Fraction.ONE);
  expect(chanceOfHit(100, 0, 3)).toEqual(Fraction.ZERO);
  expect(chanceOfHit(3, 1, 10)).toEqual(Fraction.ONE);
  expect(chanceOfHit(1_000_000, 1, 2)).toEqual(Fraction.of(2, 1_000_000));
});

test("at the break-even rate a strategy is worth nothing", () => {
  const job: Job = { amount: 40n * CYXWIZ, epochs: 4, tier: "silver" };
  for (const strategy of STRATEGIES) {
    const rate = breakEvenRate(strategy, job, DEFAULT_RULES);
    expect(rate, strategy.name).toBeDefined();
    if (rate === undefined || rate.isZero()) continue;
    for (const [step, pays] of [
      [-1, true],
      [1, false],
    ] as const) {
      const auditRateBps = Math.round(rate.toNumber() * 10_000) + step;
      const rules = { ...DEFAULT_RULES, audit: { ...DEFAULT_RULES.audit, auditRateBps } };
      expect(expectedValue(strategy, job, rules).isNegative(), strategy.name).toBe(!pays);
    }
  }
});

test("playing by the rules comes to what the closed form says", () => {
  const jobs: Job[] = [
    { amount: 10n * CYXWIZ - 1n, epochs: 20, tier: "bronze" },
    { amount: 200n * CYXWIZ, epochs: 3, tier: "gold" },
    { amount: 5_000n * CYXWIZ, epochs: 1_000, tier: "diamond" },
  ];
  const variants: Rules[] = [DEFAULT_RULES, { ...DEFAULT_RULES, costBps: 5_000, hostileAuditorBps: 5_000 }];
  const distances = variants.flatMap((rules) =>
    jobs.flatMap((job) =>
      STRATEGIES.map((strategy, index) => {
        const exact = expectedValue(strategy, job, rules).toNumber();
        const played = play(strategy, job, rules, { runs: 4_000, seed: 20_251_123 + index });
        const distance = Math.abs(played.mean - exact);
        // Of a certain outcome, only rounding remains.
        if (played.standardError < 1) return distance < 1 ? 0 : Number.POSITIVE_INFINITY;
        return distance / played.standardError;
      }),
    ),
  );
  // 132 comparisons: one in a thousand such sets would have one beyond 4.3 standard errors.
  expect(Math.max(...distances)).toBeLessThan(4.3);
  expect(distances.filter((distance) => distance > 0).length).toBeGreaterThan(40);
  expect(distances.filter((distance) => distance > 2).length).toBeLessThan(distances.length / 10);
});
