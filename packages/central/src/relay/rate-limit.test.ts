import { expect, test } from "vitest";
import { RateLimit } from "./rate-limit.ts";

test("what comes too soon waits, in the order in which it came, however many share the limit", () => {
  let nowMs = 5_000;
  const limit = new RateLimit(1_000, () => nowMs);
  expect([limit.take(500), limit.take(500), limit.take(1)]).toEqual([0, 500, 1_000]);
  nowMs += 900;
  expect(limit.take(99)).toBe(101);
});

test("an idle hour is not saved up for later", () => {
  let nowMs = 0;
  const limit = new RateLimit(1_000, () => nowMs);
  nowMs += 3_600_000;
  expect([limit.take(2_000), limit.take(1)]).toEqual([0, 2_000]);
});
