import { isCyxwizError } from "@cyxwiz/errors";
import { expect, test } from "vitest";
import { checkDataset } from "../data/check-dataset.ts";
import { openDataset, packDataset } from "../data/dataset.ts";
import { estimateWork } from "../spec/estimate-work.ts";
import { cornerImages } from "../testing/golden-job.ts";
import { smallSpec } from "../testing/small-spec.ts";
import { lastEpoch } from "./early-stop.ts";
import { evaluate } from "./evaluate.ts";
import { decodeState, encodeState } from "./state.ts";
import { type TrainOptions, train } from "./train.ts";
import { partsOf } from "./validation.ts";

const dataset = openDataset(packDataset({ train: cornerImages(100) }));
const withTest = openDataset(packDataset({ train: cornerImages(100), test: cornerImages(30) }));
const small = smallSpec;

async function run(options: TrainOptions) {
  const events = await Array.fromAsync(train(options));
  const done = events.at(-1);
  if (done?.type !== "done") throw new Error("not done");
  return { done, epochs: events.flatMap((event) => (event.type === "epoch" ? [event] : [])) };
}

test("the validation split follows from the seed, and no sample is on both sides", () => {
  const rows = (seed: number) => {
    const { train: part, validation } = partsOf(dataset, small({ seed, validation_split: 0.25 }));
    return [Array.from(part.rows), Array.from(validation?.rows ?? [])] as const;
  };
  const [training, held] = rows(1);
  expect([training.length, held.length]).toEqual([75, 25]);
  expect([...training, ...held].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(rows(1)).toEqual([training, held]);
  expect(rows(2)[1]).not.toEqual(held);
});

test("what is held back is evaluated and not trained on", async () => {
  const spec = small({ validation_split: 0.25, batch_size: 25 });
  const { done, epochs } = await run({ spec, dataset });
  expect(epochs.at(-1)?.state.step).toBe(6);
  const evaluation = await evaluate({ spec, weights: done.weights, dataset });
  expect(evaluation).toEqual({ loss: done.metrics.val_loss, accuracy: done.metrics.val_accuracy });
  const work = (options: object) => estimateWork({ spec: small({ batch_size: 25, ...options }), trainSamples: 100 });
  const [whole, split] = [work({}), work({ validation_split: 0.25 })];
  // A sample is trained with three passes' worth of work, and evaluated with one.
  const forward = 81n + 81n * 8n + 4n;
  expect(whole.flops - split.flops).toBe(2n * (25n * 2n * forward + 12n * 328n));
});

test.each([
  ["a split beside a test set", { validation_split: 0.1 }, withTest, "the job's validation_split has nothing to do"],
  ["a split of no sample", { validation_split: 0.001 }, dataset, "takes 0 of 100 samples"],
  ["watching validation without any", { early_stopping: {} }, dataset, "neither test set nor validation_split"],
])("%s is refused", (_, training, data, problem) => {
  const check = () => checkDataset(data, small(training));
  expect(check).toThrow(problem);
  expect(check).toThrow(expect.toSatisfy((error) => isCyxwizError(error, "DATA_INVALID")));
});

test("a class that weighs twice counts as if each of its samples were there twice, and not in evaluation", async () => {
  const sgd = { optimizer: { class_name: "SGD", config: { learning_rate: 0.1 } }, epochs: 1, batch_size: 128 };
  const { features, labels } = cornerImages(100);
  const weighted = await run({ spec: small({ ...sgd, class_weight: { 1: 2, 3: 0 } }), dataset: withTest });
  // Class 1 twice and class 3 never; the mean stays one over the hundred samples.
  const rows = Array.from(labels.data as Uint8Array, (label, row) =>
    label === 3 ? [] : label === 1 ? [row, row] : [row],
  );
  const chosen = rows.flat();
  expect(chosen).toHaveLength(100);
  const image = (row: number) => Array.from((features.data as Uint8Array).subarray(row * 81, (row + 1) * 81));
  const doubled = openDataset(
    packDataset({
      train: {
        features: { dtype: "U8", shape: [100, 9, 9], data: Uint8Array.from(chosen.flatMap(image)) },
        labels: {
          dtype: "U8",
          shape: [100],
          data: Uint8Array.from(chosen, (row) => (labels.data as Uint8Array)[row] as number),
        },
      },
    }),
  );
  const plain = await run({ spec: small(sgd), dataset: doubled });
  const kernel = plain.done.weights.get("dense/kernel")?.data as Float32Array;
  weighted.done.weights.get("dense/kernel")?.data.forEach((value, index) => {
    expect(value).toBeCloseTo(kernel[index] as number, 5);
  });
  const evaluation = await evaluate({ spec: small(sgd), weights: weighted.done.weights, dataset: withTest });
  expect(weighted.done.metrics.val_loss).toBe(evaluation.loss);
});

test("early stopping ends a run that no longer gets better, and says so", async () => {
  // So large a step makes the loss rise sooner or later.
  const optimizer = { class_name: "SGD", config: { learning_rate: 30 } };
  const early_stopping = { monitor: "val_loss", patience: 3, restore_best_weights: true };
  const spec = small({ epochs: 60, optimizer, early_stopping });
  const { done, epochs } = await run({ spec, dataset: withTest });
  const losses = epochs.map(({ metrics }) => metrics.val_loss as number);
  const best = losses.indexOf(Math.min(...losses)) + 1;
  expect(done).toMatchObject({ epoch: best + 3, epochs: 60, weightsEpoch: best, stoppedEarly: true });
  expect(epochs).toHaveLength(best + 3);
  expect(done.metrics).toEqual(epochs[best - 1]?.metrics);
  expect(done.weights).toEqual(epochs[best - 1]?.state.weights);
  expect((await evaluate({ spec, weights: done.weights, dataset: withTest })).loss).toBe(Math.min(...losses));

  // The metrics alone tell where it ends.
  const metrics = epochs.map((epoch) => epoch.metrics);
  expect(lastEpoch(spec, metrics)).toBe(best + 3);
  expect(lastEpoch(spec, [...metrics, ...metrics])).toBe(best + 3);
  expect(lastEpoch(spec, metrics.slice(0, -1))).toBeUndefined();
  expect(lastEpoch(small({ epochs: 5 }), metrics)).toBe(5);

  // The last weights where nothing else is asked for; the decision is the same.
  const last = small({ epochs: 60, optimizer, early_stopping: { ...early_stopping, restore_best_weights: false } });
  const without = await run({ spec: last, dataset: withTest });
  expect(without.done).toMatchObject({ epoch: best + 3, weightsEpoch: best + 3, metrics: epochs.at(-1)?.metrics });

  // Resumed anywhere it comes to the same end, also where there is nothing left to do.
  for (const at of [0, best, best + 2]) {
    const state = epochs[at]?.state;
    if (!state) throw new Error("no such epoch");
    const resumed = await run({ spec, dataset: withTest, resumeFrom: decodeState(encodeState(state)) });
    expect(resumed.done.weights).toEqual(done.weights);
    expect(resumed.done).toMatchObject({ epoch: best + 3, weightsEpoch: best, stoppedEarly: true });
    const final = resumed.epochs.at(-1)?.state ?? state;
    expect(encodeState(final)).toEqual(encodeState(epochs.at(-1)?.state ?? state));
  }
});

test("accuracy is watched upwards, and a difference below min_delta is none", async () => {
  const early_stopping = { monitor: "accuracy", min_delta: 2, patience: 2 };
  const { done } = await run({ spec: small({ epochs: 9, early_stopping }), dataset });
  expect(done).toMatchObject({ epoch: 3, stoppedEarly: true });
  const patient = await run({ spec: small({ epochs: 4, early_stopping: { monitor: "loss" } }), dataset });
  expect(patient.done).toMatchObject({ epoch: 4, stoppedEarly: false, weightsEpoch: 4 });
});

test("a state whose best epoch does not fit is refused", async () => {
  const spec = small({ epochs: 3, early_stopping: { monitor: "loss", restore_best_weights: true } });
  const { epochs } = await run({ spec, dataset });
  const state = epochs[0]?.state;
  if (!state?.best) throw new Error("no best epoch");
  const { best, ...without } = state;
  const refuse = async (resumeFrom: typeof state, to = spec) =>
    expect(run({ spec: to, dataset, resumeFrom })).rejects.toSatisfy((error) => isCyxwizError(error, "DATA_INVALID"));
  await refuse(without);
  await refuse({ ...without, best: { ...best, epoch: 2 } });
  await refuse({ ...without, best: { epoch: 1, value: best.value } });
  await refuse(state, small({ epochs: 3 }));
});
