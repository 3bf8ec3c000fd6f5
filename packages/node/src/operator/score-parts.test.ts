import { type ReputationCounters, reputationScore } from "@cyxwiz/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scoreParts } from "./score-parts.ts";

const count = fc.nat(100_000);
const counters: fc.Arbitrary<ReputationCounters> = fc.record({
  ...{ assigned: count, completed: count, accuracySum: count, accuracyCount: count, ratingSum: count },
  ...{ ratingCount: count, proofs: count, validProofs: count, uptimeSum: count, uptimeCount: count },
  events: fc.integer({ min: -10_000, max: 10_000 }),
});

test("the parts of a score add up to the score", () => {
  fc.assert(
    fc.property(counters, (entry) => {
      const sum = Object.values(scoreParts(entry)).reduce((total, part) => total + part, 0);
      expect(Math.min(1_000, Math.max(0, sum))).toBe(reputationScore(entry));
    }),
    { seed: 1 },
  );
});
