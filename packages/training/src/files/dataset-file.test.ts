import { createHash } from "node:crypto";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import { sha256Bulk, toHex } from "@cyxwiz/proof";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataset, packDataset } from "../data/dataset.ts";
import { encodeSafetensors } from "../data/safetensors.ts";
import type { Tensor } from "../data/tensor.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import { changesAt, cornerImages, GOLDEN_JOBS } from "../testing/golden-job.ts";
import { smallSpec } from "../testing/small-spec.ts";
import { encodeState, type TrainingState } from "../trainer/state.ts";
import { type TrainOptions, train } from "../trainer/train.ts";
import { openDatasetFile } from "./dataset-file.ts";
import { scanDataset } from "./scan-dataset.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cyxwiz-data-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function stored(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function finalHash(options: TrainOptions): Promise<string> {
  let state: TrainingState | undefined;
  for await (const event of train(options)) if (event.type === "epoch") state = event.state;
  return toHex(await sha256Bulk(encodeState(state as TrainingState)));
}

// Shuffling, a validation split, weighted classes, a test set of tokens, another batch size on the way.
test.each(["transformer", "strides and statistics", "changed on the way"])(
  'the golden job "%s" has the same bits when its data stays in the file',
  async (name) => {
    const job = GOLDEN_JOBS.find((golden) => golden.name === name) ?? expect.fail();
    const bytes = job.dataset();
    const path = await stored("golden.safetensors", bytes);
    expect(await scanDataset(path, { spec: job.spec })).toMatchObject({
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
      trainSamples: openDataset(bytes).train.samples,
    });
    const dataset = openDatasetFile(path);
    expect(await finalHash({ spec: job.spec, dataset, changesAt: changesAt(job) })).toBe(job.sha256);
    dataset.close();
  },
);

test("so has one of numbers in rows wider than what is read at once, in order", async () => {
  const width = 100_000;
  const features = Float32Array.from({ length: 20 * width }, (_, index) => Math.sin(index));
  const data = (from: number, to: number) => ({
    features: { dtype: "F32", shape: [to - from, width], data: features.slice(from * width, to * width) } as const,
    labels: { dtype: "F32", shape: [to - from, 2], data: features.slice(from * 2, to * 2) } as const,
  });
  const layers = [
    { class_name: "InputLayer", config: { batch_shape: [null, width] } },
    { class_name: "Dense", config: { units: 2 } },
  ];
  const spec = parseTrainingSpec({
    model: { class_name: "Sequential", config: { layers } },
    training: {
      optimizer: { class_name: "SGD", config: { learning_rate: 1e-6 } },
      loss: "mean_squared_error",
      batch_size: 4,
      shuffle: false,
    },
  });
  const bytes = packDataset({ train: data(0, 15), test: data(15, 20) });
  const path = await stored("wide.safetensors", bytes);
  const dataset = openDatasetFile(path);
  expect(await finalHash({ spec, dataset })).toBe(await finalHash({ spec, dataset: openDataset(bytes) }));
  dataset.close();
});

test.each<[what: string, problem: RegExp, tensors: Record<string, Tensor>]>([
  [
    "values that are no numbers",
    /train\.features: row 3, value 1 is NaN/,
    { "train.features": { dtype: "F32", shape: [4, 81], data: new Float32Array(324).fill(Number.NaN, 244, 245) } },
  ],
  [
    "a label that is no class",
    /train\.labels: row 2 has label 4/,
    { "train.labels": { dtype: "I32", shape: [4, 1], data: Int32Array.of(0, 1, 4, 2) } },
  ],
  [
    "other element types",
    /train\.labels: it is I64/,
    { "train.labels": { dtype: "I64", shape: [4], data: BigInt64Array.of(0n, 1n, 2n, 3n) } },
  ],
  ["missing labels", /"test\.labels" is missing/, { "test.features": cornerImages(4).features }],
  ["samples of another shape", /the model takes \[81\]/, { "train.features": cornerImages(4, 8).features }],
  [
    "fewer labels than samples",
    /train\.labels: 3 rows/,
    { "train.labels": { dtype: "I32", shape: [3], data: new Int32Array(3) } },
  ],
  ["an unknown tensor", /unknown tensor "more"/, { more: cornerImages(4).features }],
])("%s are refused, with their place", async (_what, problem, tensors) => {
  const good = {
    "train.features": cornerImages(4).features,
    "train.labels": { dtype: "I32", shape: [4], data: Int32Array.of(0, 1, 2, 3) } as const,
  };
  const path = await stored("bad.safetensors", encodeSafetensors(new Map(Object.entries({ ...good, ...tensors }))));
  const refusal = await scanDataset(path, { spec: smallSpec() }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "DATA_INVALID", message: expect.stringMatching(problem) });
});

test("what is no container, and a file that gets shorter, are refused", async () => {
  const spec = smallSpec();
  await expect(scanDataset(await stored("table.csv", Buffer.from("1,2\n")), { spec })).rejects.toThrow(
    /packed container/,
  );
  await expect(scanDataset(join(folder, "none"), { spec })).rejects.toThrow(/cannot be opened: ENOENT/);
  const path = await stored("short.safetensors", packDataset({ train: cornerImages(8) }));
  const dataset = openDatasetFile(path);
  await truncate(path, 300);
  await expect(finalHash({ spec, dataset })).rejects.toThrow(/it ends at byte/);
  dataset.close();
  const aborted = AbortSignal.abort(new CyxwizError("ABORTED", { what: "it" }));
  const whole = await stored("whole.safetensors", packDataset({ train: cornerImages(8) }));
  await expect(scanDataset(whole, { spec, signal: aborted })).rejects.toMatchObject({ code: "ABORTED" });
});
