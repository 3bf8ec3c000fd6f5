import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StateStore } from "@cyxwiz/node";
import { sha256Bulk, toHex } from "@cyxwiz/proof";
import { encodeState, parseTrainingSpec, type TrainingSpec, type TrainingState } from "@cyxwiz/training";
import { trainInWorker } from "@cyxwiz/training/node";
import { pino } from "pino";
import type { Benchmark, Result } from "./benchmark.ts";
import { median } from "./median.ts";
import { noise } from "./noise.ts";

const NAME = "states.overhead";
const LIMIT_PERCENT = 2;
const BATCH_SIZE = 128;
/** Of an epoch over as many samples as MNIST has. */
const STEPS_OF_AN_EPOCH = Math.ceil(60_000 / BATCH_SIZE);
const MEASURED_STEPS = 20;
const MEASURED_EPOCHS = 8;

/**
 * What a node's proof costs: encoding and hashing the state of every epoch, and storing it. Both sides are processor time
 * on all threads, so that it counts as if it were all taken from training; it is not where a core is free.
 */
export const statesBenchmarks: Benchmark[] = [{ names: [NAME], run: measureStates }];

async function* measureStates(): AsyncGenerator<Result> {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-bench-"));
  try {
    const { stepMs, states } = await trainMillion();
    const log = pino({ level: "silent" });
    const store = new StateStore({ dataDir: directory, budgetBytes: 1024 ** 3, nowMs: Date.now, log });
    const jobId = crypto.randomUUID();
    const costs: Record<"encode" | "hash" | "store", number[]> = { encode: [], hash: [], store: [] };
    for (const state of states) {
      const encoded = await cpuMs(async () => encodeState(state));
      const hashed = await cpuMs(() => sha256Bulk(encoded.value));
      const { epoch } = state;
      const stored = await cpuMs(() => store.put(jobId, { epoch, sha256: toHex(hashed.value), bytes: encoded.value }));
      costs.encode.push(encoded.ms);
      costs.hash.push(hashed.ms);
      costs.store.push(stored.ms);
    }
    const [encode, hash, put] = [median(costs.encode), median(costs.hash), median(costs.store)];
    const epochMs = STEPS_OF_AN_EPOCH * stepMs;
    const value = (100 * (encode + hash + put)) / epochMs;
    const { size = 0, storedBytes = 0 } = store.list(jobId).at(-1) ?? {};
    yield {
      name: NAME,
      value,
      unit: "%",
      peer: `limit: ${LIMIT_PERCENT}% of the training time`,
      ratio: value / LIMIT_PERCENT,
      table: [
        `  a model of a million parameters with Adam; an epoch of ${STEPS_OF_AN_EPOCH} steps, ${(epochMs / 1000).toFixed(1)} s`,
        `  processor time of an epoch's state: encode ${encode.toFixed(1)} ms, hash ${hash.toFixed(1)} ms, pack and write ${put.toFixed(1)} ms`,
        `  ${(size / 1e6).toFixed(1)} MB, on disk ${(storedBytes / 1e6).toFixed(1)} MB (zstd ${((100 * storedBytes) / size).toFixed(0)}%)`,
        `  the limit holds for epochs of ${Math.ceil((encode + hash) / stepMs / ((LIMIT_PERCENT - 1) / 100))} steps or more: in shorter ones states are stored less often, to take 1%`,
      ].join("\n"),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Trains for a while; gives the processor time of a step and the states on the way. */
async function trainMillion(): Promise<{ stepMs: number; states: TrainingState[] }> {
  const dense = (units: number, activation: string) => ({ class_name: "Dense", config: { units, activation } });
  const layers = [
    { class_name: "InputLayer", config: { batch_shape: [null, 28, 28, 1] } },
    { class_name: "Rescaling", config: { scale: 1 / 255 } },
    { class_name: "Flatten" },
    dense(1_000, "relu"),
    dense(200, "relu"),
    dense(10, "softmax"),
  ];
  const spec = parseTrainingSpec({
    model: { class_name: "Sequential", config: { layers } },
    training: {
      optimizer: { class_name: "Adam", config: {} },
      loss: "sparse_categorical_crossentropy",
      batch_size: BATCH_SIZE,
      epochs: MEASURED_EPOCHS,
    },
  } satisfies Record<keyof TrainingSpec, object>);
  const states: TrainingState[] = [];
  const stepTimes: number[] = [];
  let before = process.cpuUsage();
  for await (const event of trainInWorker({ spec, dataset: noise(BATCH_SIZE * MEASURED_STEPS, 4) })) {
    if (event.type !== "epoch") continue;
    stepTimes.push(milliseconds(process.cpuUsage(before)) / MEASURED_STEPS);
    before = process.cpuUsage();
    states.push(event.state);
  }
  // The first epoch warms up.
  return { stepMs: median(stepTimes.slice(1)), states: states.slice(1) };
}

/** What something takes of this process's threads, all together. */
async function cpuMs<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const before = process.cpuUsage();
  const value = await work();
  return { ms: milliseconds(process.cpuUsage(before)), value };
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
