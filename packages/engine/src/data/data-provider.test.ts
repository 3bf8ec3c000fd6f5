import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { BatchRequestSchema, DatasetSplit, fromWireError, StatusCode } from "@cyxwiz/protocol";
import { packDataset } from "@cyxwiz/training";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataProvider } from "./data-provider.ts";

const FEATURES = Uint8Array.from({ length: 300 }, (_, index) => index % 251);
const LABELS = Int32Array.from({ length: 100 }, (_, index) => index % 3);
const split = (samples: number) => ({
  features: { dtype: "U8", shape: [samples, 3, 1], data: FEATURES.slice(0, samples * 3) } as const,
  labels: { dtype: "I32", shape: [samples], data: LABELS.slice(0, samples) } as const,
});
const packed = packDataset({ train: split(100), test: split(10) });

let folder: string;
let path: string;
let provider: DataProvider;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cyxwiz-provider-"));
  path = join(folder, "data.safetensors");
  await writeFile(path, packed);
  provider = new DataProvider(path);
});
afterAll(async () => {
  await provider.close();
  await rm(folder, { recursive: true });
});

const ask = (request: object) => provider.batch(create(BatchRequestSchema, { requestId: 5, ...request }));
const rows = (...numbers: number[]) => numbers.map(BigInt);

test("it says what the data is, with the header that its container begins with", async () => {
  const info = await provider.info();
  expect(info).toMatchObject({
    status: StatusCode.STATUS_SUCCESS,
    train: { numSamples: 100n, available: true },
    test: { numSamples: 10n, available: true },
    sampleShape: [3, 1],
    labelShape: [],
    dtype: "uint8",
  });
  expect(packed.subarray(0, info.containerHeader.length)).toEqual(info.containerHeader);
});

test("samples come in any order, as they lie in the container or as float32 and int32", async () => {
  const indices = [7, 8, 9, 2, 99, 2];
  const expected = indices.flatMap((row) => [...FEATURES.subarray(row * 3, row * 3 + 3)]);
  const labels = indices.map((row) => LABELS[row]);
  const raw = await ask({ sampleIndices: rows(...indices), raw: true });
  expect(raw).toMatchObject({ requestId: 5, batchShape: [6n, 3n, 1n], labelShape: [6n] });
  expect([...raw.images]).toEqual(expected);
  expect([...new Int32Array(raw.labels.slice().buffer)]).toEqual(labels);
  const plain = await ask({ sampleIndices: rows(...indices), split: DatasetSplit.SPLIT_TRAIN });
  expect([...new Float32Array(plain.images.slice().buffer)]).toEqual(expected);
  expect([...new Int32Array(plain.labels.slice().buffer)]).toEqual(labels);
});

test.each<[what: string, request: object, problem: RegExp]>([
  ["samples that there are not", { sampleIndices: rows(1, 100) }, /no sample 100; there are 100/],
  ["samples before the first", { sampleIndices: rows(-1) }, /no sample -1/],
  ["a split that there is not", { sampleIndices: rows(1), split: DatasetSplit.SPLIT_VALIDATION }, /no split 1/],
  ["too much at once", { sampleIndices: new Array(5_000_000).fill(0n) }, /bytes at once/],
])("asked for %s, it answers with an error", async (_what, request, problem) => {
  const answer = await ask(request);
  expect(answer).toMatchObject({ status: StatusCode.STATUS_ERROR, requestId: 5 });
  expect(fromWireError(answer.error)).toMatchObject({ code: "INVALID_FIELD", message: expect.stringMatching(problem) });
});

test("labels that are no whole numbers are only given raw; a file that is gone or shorter is an error", async () => {
  const targets = { dtype: "F32", shape: [2, 1], data: Float32Array.of(0.5, 0.25) } as const;
  const other = join(folder, "targets.safetensors");
  await writeFile(other, packDataset({ train: { features: split(2).features, labels: targets } }));
  const second = new DataProvider(other);
  const request = (raw: boolean) => second.batch(create(BatchRequestSchema, { sampleIndices: rows(1), raw }));
  expect([...new Float32Array((await request(true)).labels.slice().buffer)]).toEqual([0.25]);
  expect((await request(false)).error?.message).toMatch(/labels are float32/);
  await truncate(other, 100);
  expect((await request(true)).error?.message).toMatch(/shorter/);
  await second.close();
  expect((await new DataProvider(join(folder, "none")).info()).error?.message).toMatch(/cannot be opened/);
});
