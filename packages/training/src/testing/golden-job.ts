import { openDataset, packDataset, type SplitSource } from "../data/dataset.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import { encodeState, type TrainingState } from "../trainer/state.ts";
import { train } from "../trainer/train.ts";

/**
 * The SHA-256 of the golden job's final state. It is the promise of this package: whoever changes it changes the
 * result of every job, and no proof made before can be replayed.
 */
export const GOLDEN_SHA256 = "5d9adfca03b48bd441e8cdcc82e799627dc9c5c173f81cd43c7891f4e6e1e7db";

/** A job that touches every kind of layer, with padding in the last batch, dropout and Adam. */
export const goldenSpec = parseTrainingSpec({
  model: {
    class_name: "Sequential",
    config: {
      layers: [
        { class_name: "InputLayer", config: { batch_shape: [null, 9, 9, 1] } },
        { class_name: "Rescaling", config: { scale: 1 / 255 } },
        { class_name: "Conv2D", config: { filters: 4, kernel_size: 3, padding: "same", activation: "relu" } },
        { class_name: "MaxPooling2D", config: { pool_size: 2 } },
        { class_name: "Conv2D", config: { filters: 6, kernel_size: 2, kernel_initializer: "he_normal" } },
        { class_name: "LeakyReLU", config: { negative_slope: 0.1 } },
        { class_name: "Flatten" },
        { class_name: "Dense", config: { units: 24, activation: "gelu" } },
        { class_name: "Dropout", config: { rate: 0.25 } },
        { class_name: "Dense", config: { units: 16, activation: "tanh" } },
        { class_name: "Dense", config: { units: 16, activation: "silu" } },
        { class_name: "ELU", config: {} },
        { class_name: "Dense", config: { units: 12, activation: "sigmoid" } },
        { class_name: "Dense", config: { units: 4, activation: "softmax" } },
      ],
    },
  },
  training: {
    optimizer: { class_name: "Adam", config: { learning_rate: 0.01 } },
    loss: "sparse_categorical_crossentropy",
    batch_size: 16,
    epochs: 3,
    seed: 20240229,
  },
});

/** Images whose brightest corner is their class, from integer arithmetic only. */
export function cornerImages(samples: number): SplitSource {
  const features = new Uint8Array(samples * 81);
  const labels = new Uint8Array(samples);
  let noise = 1;
  for (let sample = 0; sample < samples; sample++) {
    const label = sample % 4;
    labels[sample] = label;
    for (let pixel = 0; pixel < 81; pixel++) {
      noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
      const corner = (pixel % 9 > 4 ? 1 : 0) + (pixel > 40 ? 2 : 0);
      features[sample * 81 + pixel] = (noise >>> 25) + (corner === label ? 100 : 0);
    }
  }
  return {
    features: { dtype: "U8", shape: [samples, 9, 9], data: features },
    labels: { dtype: "U8", shape: [samples], data: labels },
  };
}

export const goldenDatasetBytes = (): Uint8Array<ArrayBuffer> =>
  packDataset({ train: cornerImages(100), test: cornerImages(30) });

/** Runs the golden job on this thread and gives the canonical bytes of its final state. */
export async function runGoldenJob(): Promise<Uint8Array<ArrayBuffer>> {
  let state: TrainingState | undefined;
  for await (const event of train({ spec: goldenSpec, dataset: openDataset(goldenDatasetBytes()) })) {
    if (event.type === "epoch") state = event.state;
  }
  return encodeState(state as TrainingState);
}
