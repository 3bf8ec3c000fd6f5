import type { Batch } from "../backend/compile-model.ts";
import type { Split } from "../data/dataset.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { Philox } from "./philox.ts";
import { PURPOSE } from "./purposes.ts";

/** How many batches hold all samples; the last may be part padding. */
export function batchCount(samples: number, batchSize: number): number {
  return Math.ceil(samples / batchSize);
}

/** The order of the samples in an epoch (from 0): Fisher–Yates from the seed, or as they come. */
export function sampleOrder(samples: number, { seed, shuffle }: TrainingSpec["training"], epoch: number): Uint32Array {
  const order = new Uint32Array(samples);
  for (let index = 0; index < samples; index++) order[index] = index;
  if (!shuffle) return order;
  const random = new Philox(seed, PURPOSE.shuffle, epoch);
  for (let last = samples - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const value = order[last] as number;
    order[last] = order[other] as number;
    order[other] = value;
  }
  return order;
}

/** Fills batches of fixed size from a split; bytes become floats only here. The buffers are reused from call to call. */
export class BatchFiller {
  readonly #split: Split;
  readonly #outputs: number;
  readonly #width: number;
  readonly #batch: Batch;
  readonly #size: number;

  constructor(split: Split, spec: TrainingSpec) {
    const shapes = inferShapes(spec.model);
    this.#split = split;
    this.#size = spec.training.batch_size;
    this.#width = size(shapes.input);
    this.#outputs = shapes.output[0] as number;
    this.#batch = {
      features: new Float32Array(this.#size * this.#width),
      targets: new Float32Array(this.#size * this.#outputs),
      sampleWeights: new Float32Array(this.#size),
    };
  }

  /** The batch of the samples from `start` in `order`, and how many of its rows are samples. */
  fill(order: Uint32Array, start: number): { batch: Batch; count: number } {
    const { features, targets, sampleWeights } = this.#batch;
    const { features: from, labels } = this.#split;
    const count = Math.min(this.#size, order.length - start);
    const width = this.#width;
    const outputs = this.#outputs;
    features.fill(0, count * width);
    targets.fill(0);
    sampleWeights.fill(0).fill(1 / count, 0, count);
    for (let row = 0; row < count; row++) {
      const sample = order[start + row] as number;
      features.set(from.data.subarray(sample * width, (sample + 1) * width), row * width);
      if (labels.dtype === "F32") {
        targets.set(labels.data.subarray(sample * outputs, (sample + 1) * outputs), row * outputs);
      } else if (outputs === 1) {
        targets[row] = labels.data[sample] as number;
      } else {
        targets[row * outputs + (labels.data[sample] as number)] = 1;
      }
    }
    return { batch: this.#batch, count };
  }
}

/** How many of the first `count` rows have their largest output where their largest target is; the first wins ties. */
export function countCorrect(outputs: Float32Array, targets: Float32Array, width: number, count: number): number {
  let correct = 0;
  for (let row = 0; row < count; row++) {
    if (largest(outputs, row * width, width) === largest(targets, row * width, width)) correct++;
  }
  return correct;
}

function largest(values: Float32Array, start: number, width: number): number {
  let best = 0;
  for (let index = 1; index < width; index++) {
    if ((values[start + index] as number) > (values[start + best] as number)) best = index;
  }
  return best;
}
