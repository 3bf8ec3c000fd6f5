import { expect, test } from "vitest";
import { Stopwatch } from "./stopwatch.ts";

test("the parts of a run add up to the whole", () => {
  let nowMs = 1000;
  const watch = new Stopwatch(() => nowMs);
  nowMs += 30;
  expect(watch.lap("first")).toEqual({ name: "first", ms: 30 });
  nowMs += 12;
  watch.lap("second");
  expect(watch.laps.reduce((sum, lap) => sum + lap.ms, 0)).toBe(watch.totalMs);
});
