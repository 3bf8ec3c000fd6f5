import fc from "fast-check";
import { expect, test } from "vitest";
import { workDurationMs } from "./duration.ts";
import { type PriceInput, price } from "./price.ts";
import { COMPUTE_PER_HOUR, durationTenths, PRIORITY_TENTHS, TIER_TENTHS } from "./rates.ts";

const GIB = 1n << 30n;
const HOUR = 3_600_000n;
const SEED = 20_251_123;

const inputs: fc.Arbitrary<PriceInput> = fc.record({
  compute: fc.constantFrom("cpu", "consumerGpu", "dataCentreGpu"),
  ramBytes: fc.bigInt(0n, 1n << 42n),
  vramBytes: fc.bigInt(0n, 1n << 40n),
  durationMs: fc.bigInt(1n, 1_000n * HOUR),
  priority: fc.constantFrom("low", "normal", "high", "critical"),
  tier: fc.constantFrom("bronze", "silver", "gold", "diamond"),
});

test("the economy's own check: 72.96 CYXWIZ", () => {
  const job: PriceInput = {
    compute: "consumerGpu",
    vramBytes: 8n * GIB,
    ramBytes: 16n * GIB,
    durationMs: 12n * HOUR,
    priority: "normal",
    tier: "gold",
  };
  expect(price(job)).toBe(72_960_000_000n);
});

test("exact: never above the true value, and less than one unit below it", () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const perHour =
        COMPUTE_PER_HOUR[input.compute] * GIB + 100_000_000n * input.ramBytes + 500_000_000n * input.vramBytes;
      const factors = durationTenths(input.durationMs) * PRIORITY_TENTHS[input.priority] * TIER_TENTHS[input.tier];
      const numerator = perHour * input.durationMs * factors;
      const denominator = GIB * HOUR * 1_000n;
      const result = price(input);
      expect(result * denominator <= numerator || result === 1n).toBe(true);
      expect((result + 1n) * denominator > numerator).toBe(true);
    }),
    { seed: SEED },
  );
});

test("more memory, a higher priority or a lower tier never cost less; neither does more time at the same rate", () => {
  fc.assert(
    fc.property(inputs, fc.bigInt(0n, 1n << 40n), (input, more) => {
      const base = price(input);
      expect(price({ ...input, ramBytes: input.ramBytes + more })).toBeGreaterThanOrEqual(base);
      expect(price({ ...input, vramBytes: input.vramBytes + more })).toBeGreaterThanOrEqual(base);
      expect(price({ ...input, priority: "critical" })).toBeGreaterThanOrEqual(base);
      expect(price({ ...input, tier: "bronze" })).toBeGreaterThanOrEqual(base);
      const later = input.durationMs + (more % HOUR);
      if (durationTenths(later) === durationTenths(input.durationMs)) {
        expect(price({ ...input, durationMs: later })).toBeGreaterThanOrEqual(base);
      }
    }),
    { seed: SEED },
  );
});

test("a node's own price counts only above the usual one", () => {
  const job: PriceInput = {
    compute: "cpu",
    ramBytes: 0n,
    vramBytes: 0n,
    durationMs: HOUR / 2n,
    priority: "normal",
    tier: "gold",
  };
  expect(price(job)).toBe(250_000_000n);
  expect(price({ ...job, nodePricePerHour: 1n })).toBe(250_000_000n);
  expect(price({ ...job, nodePricePerHour: 3_000_000_000n })).toBe(1_500_000_000n);
});

test("the steps of the discount for long jobs", () => {
  const steps = [HOUR - 1n, HOUR, 6n * HOUR, 6n * HOUR + 1n, 24n * HOUR, 24n * HOUR + 1n];
  expect(steps.map(durationTenths)).toEqual([10n, 9n, 9n, 8n, 8n, 7n]);
});

test("time is rounded up, never below a second, and an unmeasured node is the slowest", () => {
  expect(workDurationMs(30_000_000_001n, 10_000_000_000n)).toBe(3_001n);
  expect(workDurationMs(1n, 10n ** 12n)).toBe(1_000n);
  expect(workDurationMs(5n, 0n)).toBe(5_000n);
});
