import fc from "fast-check";
import { expect, test } from "vitest";
import { BASE_UNITS_PER_CYXWIZ as CYXWIZ, completionShares, minimumStake } from "./economy.ts";

test.each([
  [1n, 50n],
  [10n * CYXWIZ - 1n, 50n],
  [10n * CYXWIZ, 200n],
  [50n * CYXWIZ, 1_000n],
  [200n * CYXWIZ, 5_000n],
  [2n ** 64n - 1n, 5_000n],
])("a job of %s base units needs a stake of %s CYXWIZ", (amount, stake) => {
  expect(minimumStake(amount)).toBe(stake * CYXWIZ);
});

test("shares add up to the amount, with at most one unit for the payer", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.integer({ min: 0, max: 10_000 }), (amount, feeBps) => {
      const { node, treasury, payer } = completionShares(amount, feeBps);
      expect(node + treasury + payer).toBe(amount);
      expect(payer === 0n || payer === 1n).toBe(true);
    }),
    { seed: 2, numRuns: 500 },
  );
});
