import { expect, test } from "vitest";
import { type Batch, compileModel } from "../backend/compile-model.ts";
import { openDataset, packDataset, type SplitSource } from "../data/dataset.ts";
import { inferShapes } from "../spec/infer-shapes.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { cornerImages } from "../testing/golden-job.ts";
import { tokenSequences, transformerSpec } from "../testing/golden-models.ts";
import { evaluate } from "./evaluate.ts";
import { initialWeight } from "./initial-weights.ts";
import { initialState } from "./state.ts";
import { train } from "./train.ts";

const layer = (class_name: string, config: object = {}) => ({ class_name, config });
const specOf = (shape: readonly number[], layers: readonly object[], training: object = {}) =>
  parseTrainingSpec({
    model: { class_name: "Sequential", config: { layers: [layer("InputLayer", { shape }), ...layers] } },
    training: {
      optimizer: layer("SGD", { learning_rate: 0.1 }),
      loss: "sparse_categorical_crossentropy",
      shuffle: false,
      ...training,
    },
  });

async function weightsAfter(spec: TrainingSpec, source: SplitSource) {
  const dataset = openDataset(packDataset({ train: source }));
  const done = (await Array.fromAsync(train({ spec, dataset }))).at(-1);
  if (done?.type !== "done") throw new Error("not done");
  return { weights: done.weights, metrics: done.metrics, dataset };
}

test("batch normalisation leaves padding out, in what it learns and in its running statistics", async () => {
  const layers = [
    layer("Rescaling", { scale: 0.01 }),
    layer("Dense", { units: 6 }),
    layer("BatchNormalization"),
    layer("Dense", { units: 4 }),
  ];
  const after = (batch_size: number) => weightsAfter(specOf([81], layers, { batch_size }), cornerImages(100));
  const exact = (await after(100)).weights;
  const padded = (await after(128)).weights;
  expect([...exact.keys()].filter((name) => name.startsWith("batch"))).toEqual(
    ["gamma", "beta", "moving_mean", "moving_variance"].map((name) => `batch_normalization/${name}`),
  );
  for (const [name, { data }] of padded) {
    for (const [index, value] of data.entries()) expect(value).toBeCloseTo(exact.get(name)?.data[index] as number, 5);
  }
});

test("running statistics move as Keras says, and evaluation goes by them", async () => {
  const values = [1, 2, 4, 9];
  const features = { dtype: "F32", shape: [4, 1], data: Float32Array.from(values) } as const;
  const labels = { dtype: "F32", shape: [4], data: Float32Array.from([0, 0, 0, 0]) } as const;
  const spec = specOf([1], [layer("BatchNormalization", { momentum: 0.75 })], {
    loss: "mean_squared_error",
    epochs: 2,
    batch_size: 4,
    optimizer: layer("SGD", { learning_rate: 1e-9 }),
  });
  const { weights, dataset } = await weightsAfter(spec, { features, labels });
  const mean = 4;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4;
  const [movingMean, movingVariance] = [mean * (1 - 0.75 ** 2), 0.75 ** 2 + variance * (1 - 0.75 ** 2)];
  const found = (name: string) => weights.get(`batch_normalization/${name}`)?.data[0] as number;
  expect(found("moving_mean")).toBeCloseTo(movingMean, 5);
  expect(found("moving_variance")).toBeCloseTo(movingVariance, 5);
  const squares = values.map((value) => (value - movingMean) ** 2 / (movingVariance + 1e-3));
  const { loss } = await evaluate({ spec, weights, dataset });
  expect(loss).toBeCloseTo(squares.reduce((sum, value) => sum + value, 0) / 4, 4);
});

test("with a causal mask no place sees what comes after it, without one all do", async () => {
  const outputs = async (spec: TrainingSpec, tokens: readonly number[]) => {
    const { weights } = initialState(spec);
    const model = await compileModel(
      spec,
      Array.from(weights.values(), ({ data }) => data),
      [],
    );
    const zeros = (count: number) => new Float32Array(count);
    const batch: Batch = {
      features: zeros(16 * 12),
      targets: zeros(16 * 240),
      sampleWeights: zeros(16),
      rowShares: zeros(16),
    };
    batch.features.set(tokens);
    const result = model.evaluate(batch).outputs.slice(0, 240);
    model.dispose();
    return result;
  };
  const first = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];
  const second = first.with(7, 19);
  const blind = JSON.parse(
    JSON.stringify(transformerSpec).replace('"use_causal_mask":true', '"use_causal_mask":false'),
  );
  const differs = async (spec: TrainingSpec) => {
    const [a, b] = [await outputs(spec, first), await outputs(spec, second)];
    return first.map((_, step) =>
      a.subarray(step * 20, step * 20 + 20).some((value, at) => value !== b[step * 20 + at]),
    );
  };
  expect(await differs(transformerSpec)).toEqual(first.map((_, step) => step >= 7));
  expect(await differs(parseTrainingSpec(blind))).toEqual(first.map(() => true));
});

test("loss and accuracy of sequences are means over every step", async () => {
  const spec = specOf([12], [layer("Embedding", { input_dim: 20, output_dim: 20, name: "table" }), layer("Softmax")], {
    batch_size: 16,
  });
  const dataset = openDataset(packDataset({ train: tokenSequences(40) }));
  // A table that says "3 times the token, and 1", which is what follows but for the noise.
  const table = new Float32Array(400);
  for (let token = 0; token < 20; token++) table[token * 20 + ((token * 3 + 1) % 20)] = 5;
  const weights = new Map([["table/embeddings", { dtype: "F32", shape: [20, 20], data: table } as const]]);
  const { features, labels } = tokenSequences(40);
  const right = Array.from(features.data as Uint8Array, (token, place) => labels.data[place] === (token * 3 + 1) % 20);
  const share = right.filter(Boolean).length / right.length;
  expect(share).toBeGreaterThan(0.9);
  expect(share).toBeLessThan(1);
  const found = await evaluate({ spec, weights, dataset });
  expect(found.accuracy).toBe(share);
  const normalizer = Math.log(Math.exp(5) + 19);
  expect(found.loss).toBeCloseTo(normalizer - 5 * share, 4);
});

test("orthogonal weights have right angles and length 1, whichever way they lie", () => {
  for (const [rows, columns] of [
    [6, 24],
    [24, 6],
    [5, 5],
  ] as const) {
    const data = initialWeight({ name: "w", shape: [rows, columns], initializer: "orthogonal", trainable: true }, 5, 0);
    const count = Math.min(rows, columns);
    const vector = (at: number) =>
      Array.from({ length: Math.max(rows, columns) }, (_, index) =>
        rows < columns ? (data[at * columns + index] as number) : (data[index * columns + at] as number),
      );
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        const product = vector(a).reduce((sum, value, index) => sum + value * (vector(b)[index] as number), 0);
        expect(product).toBeCloseTo(a === b ? 1 : 0, 6);
      }
    }
  }
});

test("an LSTM begins with its forget gate open, and attention with the variance of its products", () => {
  const lstm = initialState(specOf([3, 4], [layer("LSTM", { units: 2 }), layer("Dense", { units: 2 })]));
  expect(Array.from(lstm.weights.get("lstm/bias")?.data ?? [])).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  const attention = specOf(
    [3, 64],
    [layer("MultiHeadAttention", { num_heads: 8, key_dim: 16 }), layer("Flatten"), layer("Dense", { units: 2 })],
  );
  const query = inferShapes(attention.model).weights[0];
  expect(query?.shape).toEqual([64, 8, 16]);
  const data = initialState(attention).weights.get(query?.name ?? "")?.data as Float32Array;
  const limit = Math.sqrt(6 / (64 + 128));
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeLessThanOrEqual(limit);
  expect(largest).toBeGreaterThan(0.99 * limit);
});
