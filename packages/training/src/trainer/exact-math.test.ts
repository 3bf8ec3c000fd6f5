import fc from "fast-check";
import { expect, test } from "vitest";
import { cosPi, power } from "./exact-math.ts";

test("cosine and power agree with the engine's own to 1e-12", () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(unit, (x) => {
      expect(Math.abs(cosPi(x) - Math.cos(Math.PI * x))).toBeLessThan(1e-12);
    }),
    { seed: 1, numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 2, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true }), (b, e) => {
      const expected = b ** e;
      expect(Math.abs(power(b, e) - expected)).toBeLessThanOrEqual(1e-12 * expected);
    }),
    { seed: 2, numRuns: 2000 },
  );
  expect([cosPi(0), cosPi(0.5), cosPi(1), power(0.5, 3), power(7, 0)]).toEqual([1, 0, -1, 0.125, 1]);
  expect(power(0.5, 1e9)).toBe(0);
});
