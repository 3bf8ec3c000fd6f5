import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isCyxwizError } from "@cyxwiz/errors";
import { expect, test } from "vitest";
import { openDataset, packDataset } from "../data/dataset.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import { changesAt, cornerImages, GOLDEN_JOBS, goldenSpec } from "../testing/golden-job.ts";
import { stridedSpec, tokenSequences, transformerSpec } from "../testing/golden-models.ts";
import { smallSpec } from "../testing/small-spec.ts";
import { evaluate } from "./evaluate.ts";
import type { TrainEvent } from "./events.ts";
import { decodeState, encodeState, encodeWeights, initialState } from "./state.ts";
import { type TrainOptions, train } from "./train.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const dataset = openDataset(packDataset({ train: cornerImages(100), test: cornerImages(30) }));
const small = (training: object = {}) => smallSpec({ batch_size: 32, ...training });

async function collect(options: TrainOptions): Promise<TrainEvent[]> {
  return Array.fromAsync(train(options));
}
const states = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === "epoch" ? [event.state] : []));

test.each(GOLDEN_JOBS.filter(({ name }) => name !== "wide"))(
  "golden job '$name', resumed, gives the same bits as without the break",
  async (job) => {
    const data = openDataset(job.dataset());
    const options = { spec: job.spec, dataset: data, changesAt: changesAt(job) };
    const whole = states(await collect(options));
    const hashes = whole.map((state) => sha256(encodeState(state)));
    // Where parameters change, a break before, at and after a change is each something else.
    for (const [index, state] of whole.slice(0, job.changes ? -1 : 1).entries()) {
      const resumed = states(await collect({ ...options, resumeFrom: decodeState(encodeState(state)) }));
      expect(resumed.map((after) => sha256(encodeState(after)))).toEqual(hashes.slice(index + 1));
    }
    expect(hashes.at(-1)).toBe(job.sha256);
  },
);

test("the clock and the reporting change nothing in the result", async () => {
  let now = 0;
  const odd = await collect({ spec: small(), dataset, nowMs: () => (now += 977), batchIntervalMs: 0 });
  const plain = await collect({ spec: small(), dataset });
  expect(odd.filter(({ type }) => type === "batch")).toHaveLength(8);
  expect(states(odd).map(encodeState)).toEqual(states(plain).map(encodeState));
});

test("the seed decides: another one gives other weights, the same one the same", async () => {
  const run = async (seed: number) => {
    const done = (await collect({ spec: small({ seed }), dataset })).at(-1);
    return done?.type === "done" ? sha256(encodeWeights(done.weights)) : "";
  };
  expect(await run(1)).toBe(await run(1));
  expect(await run(1)).not.toBe(await run(2));
});

test("events carry progress, metrics of both sets, and the final weights", async () => {
  const spec = small({ epochs: 3, optimizer: { class_name: "Adam", config: { learning_rate: 0.03 } } });
  const events = await collect({ spec, dataset, batchIntervalMs: 0 });
  const types = events.map(({ type }) => type);
  expect(types.filter((type) => type === "epoch")).toHaveLength(3);
  expect(types.at(-1)).toBe("done");
  const batch = events.findLast((event) => event.type === "batch");
  expect(batch).toMatchObject({ epoch: 3, epochs: 3, batch: 4, batches: 4, step: 12, estimatedRemainingMs: 0 });
  const done = events.at(-1);
  if (done?.type !== "done") throw new Error("not done");
  expect([...done.weights.keys()]).toEqual(["dense/kernel", "dense/bias"]);
  expect(done.metrics.accuracy).toBeGreaterThan(0.9);
  const evaluation = await evaluate({ spec, weights: done.weights, dataset });
  expect(evaluation).toEqual({ loss: done.metrics.val_loss, accuracy: done.metrics.val_accuracy });
});

test("every sample counts once, also those of the last, partly filled batch", async () => {
  // With plain SGD, one batch for all must equal the padded batch of the same samples.
  const sgd = { optimizer: { class_name: "SGD", config: { learning_rate: 0.1 } }, epochs: 1, shuffle: false };
  const weights = async (batch_size: number) => {
    const [state] = states(await collect({ spec: small({ ...sgd, batch_size }), dataset }));
    return state?.weights.get("dense/kernel")?.data as Float32Array;
  };
  const exact = await weights(100);
  const padded = await weights(128);
  for (const [index, value] of padded.entries()) expect(value).toBeCloseTo(exact[index] as number, 6);
});

test.each([
  ["momentum", { momentum: 0.9 }],
  ["Nesterov momentum", { momentum: 0.9, nesterov: true }],
])("SGD with %s learns", async (_, config) => {
  const optimizer = { class_name: "SGD", config: { learning_rate: 0.05, ...config } };
  const events = await collect({ spec: small({ optimizer, epochs: 5 }), dataset });
  expect(events.at(-1)).toMatchObject({ type: "done" });
  const done = events.at(-1);
  expect(done?.type === "done" && done.metrics.val_accuracy).toBeGreaterThan(0.9);
});

test("a loss that is no longer finite ends the run with TRAINING_DIVERGED", async () => {
  const { model } = small();
  const layers = model.config.layers.filter(({ class_name }) => class_name !== "Rescaling");
  const spec = parseTrainingSpec({
    model: { ...model, config: { layers } },
    training: {
      optimizer: { class_name: "SGD", config: { learning_rate: 1000, momentum: 0.9 } },
      loss: "mean_squared_error",
      epochs: 200,
    },
  });
  const linear = parseTrainingSpec(JSON.parse(JSON.stringify(spec).replace('"softmax"', '"linear"')));
  // Not toBe on the whole error: printing a failed one would print every weight.
  const outcome = await collect({ spec: linear, dataset }).catch((error: unknown) => error);
  expect(isCyxwizError(outcome, "TRAINING_DIVERGED") && outcome.message).toContain("epoch 1, batch");
});

test("weights that blow up in the very last step are noticed, too", async () => {
  const features = { dtype: "F32", shape: [1, 1], data: Float32Array.of(3e18) } as const;
  const labels = { dtype: "F32", shape: [1], data: Float32Array.of(0) } as const;
  const layers = [
    { class_name: "InputLayer", config: { shape: [1] } },
    { class_name: "Dense", config: { units: 1, kernel_initializer: "lecun_uniform" } },
  ];
  const spec = parseTrainingSpec({
    model: { class_name: "Sequential", config: { layers } },
    training: { optimizer: { class_name: "SGD", config: { learning_rate: 1000 } }, loss: "mean_squared_error" },
  });
  const outcome = await collect({ spec, dataset: openDataset(packDataset({ train: { features, labels } })) }).catch(
    (error: unknown) => error,
  );
  expect(
    isCyxwizError(outcome, "TRAINING_DIVERGED") && Number.isFinite(Number(outcome.context.loss)),
    String(outcome),
  ).toBe(true);
});

test("a signal stops the run with ABORTED", async () => {
  const controller = new AbortController();
  const options = {
    spec: small({ epochs: 1000 }),
    dataset,
    signal: controller.signal,
    onStep: (step: number) => step === 5 && controller.abort(),
  };
  await expect(collect(options as TrainOptions)).rejects.toSatisfy((error) => isCyxwizError(error, "ABORTED"));
});

test("a state of another model, seed or place is refused", async () => {
  const own = initialState(small());
  const refuse = async (resumeFrom: typeof own) =>
    expect(collect({ spec: small(), dataset, resumeFrom })).rejects.toSatisfy((error) =>
      isCyxwizError(error, "DATA_INVALID"),
    );
  await refuse(initialState(goldenSpec));
  await refuse({ ...own, seed: 9 });
  await refuse({ ...own, step: 1 });
  await refuse({ ...own, epoch: 3, step: 12 });
});

test.each([
  ["a small network", small({ epochs: 100 }), dataset, 20],
  [
    "a transformer",
    parseTrainingSpec({ ...transformerSpec, training: { ...transformerSpec.training, batch_size: 4, epochs: 100 } }),
    openDataset(packDataset({ train: tokenSequences(16) })),
    20,
  ],
  [
    "running statistics",
    parseTrainingSpec({ ...stridedSpec, training: { ...stridedSpec.training, epochs: 50, early_stopping: null } }),
    openDataset(packDataset({ train: cornerImages(160) })),
    10,
  ],
] as const)("memory stays flat over four hundred steps of %s", async (_, spec, data, every) => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const used: { heap: number; resident: number }[] = [];
  for await (const event of train({ spec, dataset: data, batchIntervalMs: 1e9 })) {
    if (event.type !== "epoch" || event.epoch % every !== 0) continue;
    collectGarbage();
    const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
    used.push({ heap: heapUsed + external + arrayBuffers, resident: rss });
  }
  const [first, last] = [used[0], used[4]];
  if (!first || !last) throw new Error("too few epochs");
  // 320 steps: a step that is not compiled as a whole leaks 300 kB, a kernel compiled anew each time more.
  expect(last.heap - first.heap).toBeLessThan(4e6);
  expect(last.resident - first.resident).toBeLessThan(40e6);
});
