import fc from "fast-check";
import { expect, test } from "vitest";
import { auditLots, sha256 } from "./index.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const draw = fc.record({ jobId: fc.uint8Array({ minLength: 16, maxLength: 16 }), root: hash, blockHash: hash });

test("lots are the same for everybody, and below their limit", () => {
  fc.assert(
    fc.property(draw, fc.array(fc.integer({ min: 1, max: 2 ** 31 }), { minLength: 1 }), (from, limits) => {
      const lots = limits.map(auditLots(from));
      expect(limits.map(auditLots(from))).toEqual(lots);
      for (const [index, lot] of lots.entries()) {
        expect(Number.isSafeInteger(lot) && lot >= 0 && lot < (limits[index] as number)).toBe(true);
      }
    }),
  );
});

test("every lot comes up as often as every other, whatever it is drawn from", () => {
  const counts = new Array(10).fill(0);
  const rounds = 5_000;
  for (let round = 0; round < rounds; round++) {
    const root = sha256(Uint8Array.of(round & 255, round >> 8));
    const lots = auditLots({ jobId: new Uint8Array(16), root, blockHash: new Uint8Array(32) });
    for (let index = 0; index < 2; index++) counts[lots(10)]++;
  }
  // Chi-square with nine degrees of freedom: above 27.9 in one of a thousand; what is counted here is fixed.
  const expected = (2 * rounds) / 10;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(27.9);
});
