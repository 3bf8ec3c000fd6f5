import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@cyxwiz/protocol";
import { estimateWork, packDataset, parseTrainingSpec } from "@cyxwiz/training";
import { trainInWorker } from "@cyxwiz/training/node";
import type { Logger } from "../util/log.ts";

const SAMPLES = 4096;
const WIDTH = 784;
const CLASSES = 10;
const MEASURE_MS = 800;
/** Raised when the measurement changes, so that old results are not kept. */
const VERSION = 1;

/**
 * How fast this machine trains, in GFLOP/s: measured once with a real run of a small network, then kept in
 * `benchmark.json` until the processor or the measurement changes.
 */
export async function loadOrMeasureScore(dataDir: string, cpuModel: string, log: Logger): Promise<number> {
  const path = join(dataDir, "benchmark.json");
  const stored = await readScore(path, cpuModel);
  if (stored !== undefined) return stored;
  const score = await measureGflops();
  await mkdir(dataDir, { recursive: true });
  await writeWhole(path, JSON.stringify({ version: VERSION, cpuModel, score }));
  log.info({ gflops: score }, "benchmark measured");
  return score;
}

/** Trains a 784-256-10 network on made-up data for just under a second; GFLOP/s with the time before the first step left out. */
export async function measureGflops(): Promise<number> {
  const dense = (units: number, activation: string) => ({ class_name: "Dense", config: { units, activation } });
  const input = { class_name: "InputLayer", config: { batch_shape: [null, WIDTH] } };
  const spec = parseTrainingSpec({
    model: { class_name: "Sequential", config: { layers: [input, dense(256, "relu"), dense(CLASSES, "softmax")] } },
    training: {
      optimizer: { class_name: "Adam", config: {} },
      loss: "sparse_categorical_crossentropy",
      batch_size: 128,
      epochs: 1000,
    },
  });
  const features = Uint8Array.from({ length: SAMPLES * WIDTH }, (_, index) => (index * 2_654_435_761) >>> 24);
  const labels = Int32Array.from({ length: SAMPLES }, (_, index) => index % CLASSES);
  const dataset = packDataset({
    train: {
      features: { dtype: "U8", shape: [SAMPLES, WIDTH], data: features },
      labels: { dtype: "I32", shape: [SAMPLES], data: labels },
    },
  });
  const totalSteps = spec.training.epochs * Math.ceil(SAMPLES / spec.training.batch_size);
  const flopsPerStep = Number(estimateWork({ spec, trainSamples: SAMPLES }).flops) / totalSteps;
  let first: { step: number; elapsedMs: number } | undefined;
  for await (const event of trainInWorker({ spec, dataset, batchIntervalMs: 50 })) {
    if (event.type !== "batch") continue;
    first ??= event;
    const elapsedMs = event.elapsedMs - first.elapsedMs;
    if (elapsedMs >= MEASURE_MS) {
      const flops = (event.step - first.step) * flopsPerStep;
      return Number((flops / elapsedMs / 1e6).toFixed(2));
    }
  }
  // A machine that does all of it within the time is beyond what this can tell apart.
  return 1000;
}

async function readScore(path: string, cpuModel: string): Promise<number | undefined> {
  try {
    const stored = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const fits = stored.version === VERSION && stored.cpuModel === cpuModel && Number(stored.score) > 0;
    return fits ? Number(stored.score) : undefined;
  } catch {
    // Missing or damaged: measured anew.
    return undefined;
  }
}
