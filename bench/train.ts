import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openDataset, parseTrainingSpec, type TrainingSpec, train } from "@cyxwiz/training";
import type { Benchmark, Result } from "./benchmark.ts";
import { median } from "./median.ts";
import { noise } from "./noise.ts";

/** One optimiser step, measured one after the other on one thread. */
interface StepCase {
  readonly name: "train.mlp_step" | "train.cnn_step";
  readonly batchSize: number;
  readonly layers: readonly object[];
  /** What stands in for PyTorch where it is not installed. */
  readonly aimMs: number;
}

const WARM_UP_STEPS = 30;
const STEPS = 100;

const input = { class_name: "InputLayer", config: { batch_shape: [null, 28, 28, 1] } };
const rescaling = { class_name: "Rescaling", config: { scale: 1 / 255 } };
const flatten = { class_name: "Flatten" };
const pool = { class_name: "MaxPooling2D", config: { pool_size: 2 } };
const conv = (filters: number) => ({
  class_name: "Conv2D",
  config: { filters, kernel_size: 3, padding: "same", activation: "relu" },
});
const dense = (units: number, activation: string) => ({ class_name: "Dense", config: { units, activation } });

const CASES: readonly StepCase[] = [
  {
    name: "train.mlp_step",
    batchSize: 128,
    layers: [input, rescaling, flatten, dense(256, "relu"), dense(10, "softmax")],
    aimMs: 5,
  },
  {
    name: "train.cnn_step",
    batchSize: 64,
    layers: [input, rescaling, conv(16), pool, conv(32), pool, flatten, dense(10, "softmax")],
    aimMs: 33,
  },
];

/** Training steps of an MLP and a CNN on 28×28 images, against PyTorch on one CPU thread where it is installed. */
export const trainBenchmarks: Benchmark[] = [{ names: CASES.map(({ name }) => name), run: measureSteps }];

async function* measureSteps(names: ReadonlySet<string>): AsyncGenerator<Result, void, void> {
  const wanted = CASES.filter(({ name }) => names.has(name));
  const peers = await pyTorchSteps();
  for (const step of wanted) {
    const value = await medianStepMs(step);
    const peerMs = peers?.[step.name];
    yield {
      name: step.name,
      value,
      unit: "ms",
      peer: peerMs ? `PyTorch CPU, 1 thread: ${peerMs.toFixed(2)} ms` : `aim: ${step.aimMs} ms (no PyTorch here)`,
      ratio: value / (peerMs ?? step.aimMs),
    };
  }
}

async function medianStepMs({ layers, batchSize }: StepCase): Promise<number> {
  const spec = parseTrainingSpec({
    model: { class_name: "Sequential", config: { layers } },
    training: {
      optimizer: { class_name: "Adam", config: {} },
      loss: "sparse_categorical_crossentropy",
      batch_size: batchSize,
    },
  } satisfies Record<keyof TrainingSpec, object>);
  const times: number[] = [];
  let last = performance.now();
  const onStep = () => {
    const now = performance.now();
    times.push(now - last);
    last = now;
  };
  const dataset = openDataset(noise(batchSize * (WARM_UP_STEPS + STEPS)));
  for await (const _ of train({ spec, dataset, onStep, batchIntervalMs: Number.POSITIVE_INFINITY }));
  return median(times.slice(WARM_UP_STEPS));
}

/** The same steps in PyTorch; `undefined` where Python or PyTorch is missing. */
async function pyTorchSteps(): Promise<Readonly<Record<string, number>> | undefined> {
  const script = fileURLToPath(new URL("./train-pytorch.py", import.meta.url));
  const python = process.env.CYXWIZ_PYTHON ?? "python3";
  const child = spawn(python, [script, String(WARM_UP_STEPS), String(STEPS)], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 120_000,
  });
  const failed = new Promise<undefined>((resolve) => child.once("error", () => resolve(undefined)));
  const output = (async () => {
    let text = "";
    for await (const chunk of child.stdout) text += chunk;
    return text;
  })();
  const text = await Promise.race([output, failed]);
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
