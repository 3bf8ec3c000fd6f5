import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packDataset, parseTrainingSpec } from "@cyxwiz/training";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aboutData } from "./job-data.ts";
import { openData } from "./open-data.ts";

const spec = parseTrainingSpec({
  model: {
    class_name: "Sequential",
    config: {
      layers: [
        { class_name: "InputLayer", config: { batch_shape: [null, 2] } },
        { class_name: "Dense", config: { units: 3 } },
      ],
    },
  },
  training: { optimizer: { class_name: "SGD", config: {} }, loss: "sparse_categorical_crossentropy" },
});
const train = {
  features: { dtype: "F32", shape: [4, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) } as const,
  labels: { dtype: "I32", shape: [4], data: Int32Array.of(0, 1, 2, 0) } as const,
};
const packed = packDataset({ train });
const sha256 = createHash("sha256").update(packed).digest("hex");

let baseDir: string;
beforeAll(async () => {
  baseDir = await mkdtemp(join(tmpdir(), "cyxwiz-open-"));
  await writeFile(join(baseDir, "packed.safetensors"), packed);
  const labels = { ...train.labels, data: Int32Array.of(0, 1, 2, 3) };
  await writeFile(join(baseDir, "bad.safetensors"), packDataset({ train: { ...train, labels } }));
});
afterAll(() => rm(baseDir, { recursive: true }));

const open = (data: object) => openData(data, { baseDir, spec });

test("the same data is agreed on, whether it is read, streamed, or on the web", async () => {
  const path = join(baseDir, "packed.safetensors");
  const about = { sha256, trainSamples: 4, testSamples: 0 };
  const sent = await open({ path: "packed.safetensors" });
  expect(sent).toEqual(new Uint8Array(packed));
  expect(await aboutData(sent)).toEqual(about);
  expect(await open({ path: pathToFileURL(path).href })).toEqual(sent);
  const inFile = { path, bytes: packed.length, ...about };
  expect(await open({ path: "packed.safetensors", stream: true })).toEqual(inFile);
  expect(await open({ path: pathToFileURL(path).href, stream: true })).toEqual(inFile);
  const uri = "https://example.com/data.safetensors";
  const onTheWeb = await open({ uri, sha256, samples: 4 });
  expect(onTheWeb).toEqual({ uri, ...about });
  expect(await aboutData(onTheWeb)).toMatchObject(about);
});

test("what is wrong is said before anything is paid", async () => {
  await expect(open({ path: "bad.safetensors", stream: true })).rejects.toThrow(/train\.labels: row 3 has label 3/);
  await expect(open({ path: "none.safetensors", stream: true })).rejects.toThrow(/cannot be opened/);
  await expect(open({ path: "file://elsewhere/x" })).rejects.toMatchObject({ code: "DATA_INVALID" });
  for (const data of [
    { uri: "https://example.com/x" },
    { uri: "ftp://example.com/x", sha256, samples: 4 },
    { uri: "https://example.com/x", sha256: "abc", samples: 4 },
    { uri: "https://example.com/x", sha256, samples: 0 },
  ]) {
    await expect(open(data)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  }
});
