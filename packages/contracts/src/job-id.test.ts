import { isCyxwizError } from "@cyxwiz/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { jobIdFromBytes, jobIdToBytes } from "./job-id.ts";

test("UUIDs and their 16 bytes go into each other", () => {
  fc.assert(
    fc.property(fc.uuid(), (jobId) => {
      expect(jobIdFromBytes(jobIdToBytes(jobId))).toBe(jobId);
      expect(jobIdFromBytes(jobIdToBytes(jobId.toUpperCase()))).toBe(jobId);
    }),
    { seed: 1, numRuns: 200 },
  );
  expect(jobIdToBytes("00010203-0405-0607-0809-0a0b0c0d0e0f")).toEqual(Uint8Array.from({ length: 16 }, (_, i) => i));
});

test.each(["", "abc", "00000000-0000-0000-0000-000000000000", "g0010203-0405-0607-0809-0a0b0c0d0e0f"])(
  "refuses %j",
  (jobId) => {
    expect(() => jobIdToBytes(jobId)).toThrowError(expect.toSatisfy((error) => isCyxwizError(error, "INVALID_FIELD")));
  },
);

test("refuses any other number of bytes", () => {
  expect(() => jobIdFromBytes(new Uint8Array(15))).toThrowError(/15 bytes/);
});
