import fc from "fast-check";
import { expect, test, vi } from "vitest";
import {
  encodeMetrics,
  hashFromHex,
  hashJobTerms,
  hashMetrics,
  inclusionProof,
  type JobTerms,
  jobLeaves,
  jobRoot,
  resultLeaf,
  sha256,
  sha256Bulk,
  toHex,
  verifyInclusion,
} from "./index.ts";

const hash = (byte: number) => new Uint8Array(32).fill(byte);

test("metrics are encoded by name, whatever order they come in", () => {
  expect(toHex(encodeMetrics({ loss: 1, acc: -0.5 }))).toBe(
    "0300616363000000000000e0bf" + "04006c6f7373000000000000f03f",
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.double()), (metrics) => {
      const reversed = Object.fromEntries(Object.entries(metrics).reverse());
      expect(hashMetrics(reversed)).toEqual(hashMetrics(metrics));
    }),
    { seed: 3 },
  );
});

test("the result is proved under the root of a job, and a checkpoint can't pass for it", () => {
  const [checkpoints, result] = [[hash(1), hash(2), hash(3)], hash(9)];
  const leaves = jobLeaves(checkpoints, result);
  const place = { index: 3, size: 4, proof: inclusionProof(leaves, 3), root: jobRoot(checkpoints, result) };
  expect(verifyInclusion({ ...place, leaf: resultLeaf(result) })).toBe(true);
  expect(verifyInclusion({ ...place, leaf: resultLeaf(hash(3)) })).toBe(false);
  expect(toHex(jobRoot([hash(1), result]))).not.toBe(toHex(jobRoot([hash(1)], result)));
});

const TERMS: JobTerms = {
  jobId: "0190d5a2-0000-7000-8000-000000000001",
  jobType: 1,
  priority: 1,
  modelDefinition: "{}",
  hyperparameters: { b: "2", a: "1" },
  datasetUri: "",
  datasetSha256: "00",
  datasetSamples: 60_000n,
  testSamples: 0n,
  batchSize: 128,
  epochs: 3,
  seed: 2n ** 64n - 1n,
};

test("terms hash the same in any key order, and every field counts", () => {
  const expected = toHex(hashJobTerms(TERMS));
  expect(toHex(hashJobTerms({ ...TERMS, hyperparameters: { a: "1", b: "2" } }))).toBe(expected);
  const changed: Partial<JobTerms>[] = [
    { jobId: "x" },
    { jobType: 2 },
    { priority: 2 },
    { modelDefinition: "{ }" },
    { hyperparameters: { a: "1", b: "3" } },
    { datasetUri: "file://x" },
    { datasetSha256: "01" },
    { datasetSamples: 59_999n },
    { testSamples: 1n },
    { batchSize: 64 },
    { epochs: 2 },
    { seed: 2n ** 64n - 2n },
  ];
  expect(changed.flatMap(Object.keys).sort()).toEqual(Object.keys(TERMS).sort());
  const hashes = changed.map((change) => toHex(hashJobTerms({ ...TERMS, ...change })));
  expect(new Set([...hashes, expected]).size).toBe(changed.length + 1);
});

test("hashes are read from hex strictly", () => {
  expect(hashFromHex("0a".repeat(32), "root")).toEqual(hash(10));
  for (const bad of ["", "0A".repeat(32), "0a".repeat(31), `${"0a".repeat(31)}0g`]) {
    expect(() => hashFromHex(bad, "root")).toThrow(/root/);
  }
});

test("the bulk hash is the same hash, also where there is no WebCrypto", async () => {
  const bytes = new Uint8Array(1_000_003).fill(7);
  expect(await sha256Bulk(bytes)).toEqual(sha256(bytes));
  vi.stubGlobal("crypto", {});
  expect(await sha256Bulk(bytes)).toEqual(sha256(bytes));
  vi.unstubAllGlobals();
});
