import { expect, test } from "vitest";
import { latestMs } from "./fail-stalled.ts";

const limits = { maximumBps: 20_000, graceMs: 120_000 };

test.each([
  // A job of 100 s has 2 s an epoch more than once over, after two minutes to start in.
  [{ estimatedSeconds: 100, done: 0, agreed: 100 }, 122_000],
  [{ estimatedSeconds: 100, done: 49, agreed: 100 }, 220_000],
  [{ estimatedSeconds: 3_600, done: 0, agreed: 1 }, 7_320_000],
])("%o may take until %d ms", (job, expected) => {
  expect(latestMs(job, limits)).toBe(expected);
});
