import { expect, test } from "vitest";
import { accuracyPerMille } from "./reputation.ts";

test("accuracy of the estimated time: exact is 1000, twice as long or nothing at all is 0", () => {
  expect(accuracyPerMille(10_000, 10_000)).toBe(1_000);
  expect(accuracyPerMille(10_000, 9_000)).toBe(900);
  expect(accuracyPerMille(10_000, 12_500)).toBe(750);
  expect(accuracyPerMille(3_000, 3_001)).toBe(999);
  expect(accuracyPerMille(10_000, 20_000)).toBe(0);
  expect(accuracyPerMille(10_000, 500_000)).toBe(0);
  expect(accuracyPerMille(10_000, 0)).toBe(0);
});

test("where nothing was estimated, nothing was wrong", () => {
  expect(accuracyPerMille(0, 5_000)).toBe(1_000);
});
