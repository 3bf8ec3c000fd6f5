import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRange } from "./range.ts";

test.each([
  ["bytes=0-", 10, { start: 0, end: 10 }],
  ["bytes=4-6", 10, { start: 4, end: 7 }],
  ["bytes=4-99", 10, { start: 4, end: 10 }],
  ["bytes=-3", 10, { start: 7, end: 10 }],
  ["bytes=-99", 10, { start: 0, end: 10 }],
  ["bytes=10-", 10, "unsatisfiable"],
  ["bytes=-0", 10, "unsatisfiable"],
  ["bytes=6-4", 10, undefined],
  ["bytes=0-1,3-4", 10, undefined],
  ["items=0-1", 10, undefined],
  ["bytes=-", 10, undefined],
  [undefined, 10, undefined],
])("%s of %i bytes", (header, size, expected) => {
  expect(parseRange(header, size)).toEqual(expected);
});

test("a range never leaves the file", () => {
  const headers = fc.stringMatching(/^bytes=\d{0,20}-\d{0,20}$/);
  fc.assert(
    fc.property(headers, fc.nat(1000), (header, size) => {
      const range = parseRange(header, size);
      if (range === undefined || range === "unsatisfiable") return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.start).toBeLessThan(range.end);
      expect(range.end).toBeLessThanOrEqual(size);
    }),
    { seed: 1, numRuns: 500 },
  );
});
