import { expect, test } from "vitest";
import { formatDuration, formatRoughly, parseDuration } from "./duration.ts";

test("durations are read and written", () => {
  expect(parseDuration("90")).toBe(90n);
  expect(parseDuration("30m")).toBe(1_800n);
  expect(parseDuration("7d")).toBe(604_800n);
  for (const bad of ["", "d", "-1d", "1.5h", "1w", "7 days"]) expect(parseDuration(bad)).toBeUndefined();
  for (const text of ["7d", "25h", "61m", "3601s", "0s"]) expect(formatDuration(parseDuration(text) ?? -1n)).toBe(text);
});

test("what is left of a time is said roughly", () => {
  expect(formatRoughly(1_137_599n)).toBe("13d 3h");
  expect(formatRoughly(86_400n)).toBe("1d");
  expect(formatRoughly(59n)).toBe("59s");
  expect(formatRoughly(0n)).toBe("0s");
});
