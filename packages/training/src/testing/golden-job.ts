import { openDataset, packDataset, type SplitSource } from "../data/dataset.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import type { TrainingSpec } from "../spec/types.ts";
import type { ParameterChange } from "../trainer/parameters.ts";
import { encodeState, type TrainingState } from "../trainer/state.ts";
import { train } from "../trainer/train.ts";
import { changedSpec, recurrentSpec, stridedSpec, tokenSequences, transformerSpec } from "./golden-models.ts";

/** A small job that touches every kind of layer, with padding in the last batch, dropout and Adam. */
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

/** A job wide enough for the kernels that work in tiles, which add up in another order than the small ones. */
const goldenWideSpec = parseTrainingSpec({
  model: {
    class_name: "Sequential",
    config: {
      layers: [
        { class_name: "InputLayer", config: { batch_shape: [null, 28, 28] } },
        { class_name: "Rescaling", config: { scale: 1 / 255, offset: -0.5 } },
        { class_name: "Flatten" },
        { class_name: "Dense", config: { units: 128, activation: "relu" } },
        { class_name: "Dense", config: { units: 4 } },
      ],
    },
  },
  training: {
    optimizer: { class_name: "SGD", config: { learning_rate: 0.05, momentum: 0.9, nesterov: true } },
    loss: "categorical_crossentropy",
    batch_size: 128,
    epochs: 3,
    seed: 2 ** 40 + 7,
  },
});

/** Images whose brightest corner is their class, from integer arithmetic only. */
export function cornerImages(samples: number, edge = 9): SplitSource {
  const pixels = edge * edge;
  const features = new Uint8Array(samples * pixels);
  const labels = new Uint8Array(samples);
  let noise = 1;
  for (let sample = 0; sample < samples; sample++) {
    const label = sample % 4;
    labels[sample] = label;
    for (let pixel = 0; pixel < pixels; pixel++) {
      noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
      const corner = (2 * (pixel % edge) >= edge ? 1 : 0) + (2 * pixel >= pixels ? 2 : 0);
      features[sample * pixels + pixel] = (noise >>> 25) + (corner === label ? 100 : 0);
    }
  }
  return {
    features: { dtype: "U8", shape: [samples, edge, edge], data: features },
    labels: { dtype: "U8", shape: [samples], data: labels },
  };
}

export const goldenDatasetBytes = (edge = 9): Uint8Array<ArrayBuffer> =>
  packDataset({ train: cornerImages(300, edge), test: cornerImages(30, edge) });

/** For jobs that take their validation data from the training set. */
const trainOnly = () => packDataset({ train: cornerImages(300) });

/** A job whose final state is known. */
export interface GoldenJob {
  readonly name: string;
  readonly spec: TrainingSpec;
  readonly dataset: () => Uint8Array<ArrayBuffer>;
  readonly changes?: readonly ParameterChange[];
  readonly sha256: string;
}

/**
 * The golden jobs and the SHA-256 of their final states. They are the promise of this package: whoever changes one
 * changes the result of every job, and no proof made before can be replayed.
 */
export const GOLDEN_JOBS: readonly GoldenJob[] = [
  {
    name: "every layer",
    spec: goldenSpec,
    dataset: () => goldenDatasetBytes(),
    sha256: "716a7411f8298554f37acd70eb012041edf7e4af138a36375f69713b5c82e3ed",
  },
  {
    name: "wide",
    spec: goldenWideSpec,
    dataset: () => goldenDatasetBytes(28),
    sha256: "4c52893d57d6f6f2a1c3f3e1daa49db331bf858bf0242955f80d2d0208216247",
  },
  {
    name: "transformer",
    spec: transformerSpec,
    dataset: () => packDataset({ train: tokenSequences(200), test: tokenSequences(20) }),
    sha256: "3405cabad1dbe0815b4206962e9c9fae9c04f960b96aa7dbf6a9eb0c296dc714",
  },
  {
    name: "strides and statistics",
    spec: stridedSpec,
    dataset: trainOnly,
    sha256: "74031cc6bf230f9e5dbaad9f9ee32ce1bec11bee988f9a9e4c22c368468e6ed6",
  },
  {
    name: "recurrent",
    spec: recurrentSpec,
    dataset: trainOnly,
    sha256: "bbf4855ba5663d8ebd9124919abdb37824e5e3a2f4cb5877668fe09dd7591bee",
  },
  {
    name: "changed on the way",
    spec: changedSpec,
    dataset: trainOnly,
    changes: [
      { firstEpoch: 2, batchSize: 48 },
      { firstEpoch: 3, learningRate: 0.02 },
    ],
    sha256: "67abf516783d36e87bf966a852a6b617e3fdc0af6721b0dcae2281ac6f938a62",
  },
];

/** What a job's changes are, for `train`. */
export function changesAt({ changes = [] }: Pick<GoldenJob, "changes">) {
  return (epoch: number) => changes.filter(({ firstEpoch }) => firstEpoch === epoch);
}

/** Runs a golden job on this thread and gives the canonical bytes of its final state. */
export async function runGoldenJob(index: number): Promise<Uint8Array<ArrayBuffer>> {
  const job = GOLDEN_JOBS[index];
  if (job === undefined) throw new RangeError(`no golden job ${index}`);
  let state: TrainingState | undefined;
  const options = { spec: job.spec, dataset: openDataset(job.dataset()), changesAt: changesAt(job) };
  for await (const event of train(options)) {
    if (event.type === "epoch") state = event.state;
  }
  return encodeState(state as TrainingState);
}
