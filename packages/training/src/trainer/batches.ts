import type { Batch } from "../backend/compile-model.ts";
import { rowsOf } from "../data/training-data.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { Philox } from "./philox.ts";
import { PURPOSE } from "./purposes.ts";
import type { Part } from "./validation.ts";

/** How many batches hold all samples; the last may be part padding. */
export function batchCount(samples: number, batchSize: number): number {
  return Math.ceil(samples / batchSize);
}

/** The order of so many samples in an epoch (from 0): from the seed, or as they come. */
export function sampleOrder(samples: number, { seed, shuffle }: TrainingSpec["training"], epoch: number): Uint32Array {
  return shuffle ? shuffled(samples, new Philox(seed, PURPOSE.shuffle, epoch)) : inOrder(samples);
}

/** The numbers below `samples` in a random order: Fisher–Yates. */
export function shuffled(samples: number, random: Philox): Uint32Array {
  const order = inOrder(samples);
  for (let last = samples - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const value = order[last] as number;
    order[last] = order[other] as number;
    order[other] = value;
  }
  return order;
}

function inOrder(samples: number): Uint32Array {
  const order = new Uint32Array(samples);
  for (let index = 0; index < samples; index++) order[index] = index;
  return order;
}

/** Fills batches of fixed size; bytes become floats only here. The buffers are reused from call to call. */
export class BatchFiller {
  readonly #part: Part;
  readonly #classes: number;
  readonly #outputs: number;
  readonly #width: number;
  readonly #classWeights: readonly number[] | undefined;
  readonly #featuresOf: (sample: number) => ArrayLike<number>;
  readonly #labelsOf: (sample: number) => ArrayLike<number>;
  readonly #batch: Batch;
  readonly #size: number;

  /** @param weighted whether samples count in the loss as their classes weigh: in training, not in evaluation. */
  constructor(part: Part, spec: TrainingSpec, { weighted }: { readonly weighted: boolean }) {
    const shapes = inferShapes(spec.model);
    this.#part = part;
    this.#size = spec.training.batch_size;
    this.#width = size(shapes.input);
    this.#outputs = size(shapes.output);
    this.#classes = shapes.output.at(-1) as number;
    this.#classWeights = weighted ? spec.training.class_weight : undefined;
    this.#featuresOf = rowsOf<"U8" | "F32">(part.split.features);
    this.#labelsOf = rowsOf<"I32" | "F32">(part.split.labels);
    this.#batch = {
      features: new Float32Array(this.#size * this.#width),
      targets: new Float32Array(this.#size * this.#outputs),
      sampleWeights: new Float32Array(this.#size),
      rowShares: new Float32Array(this.#size),
    };
  }

  /** The batch of the samples from `start` in `order`, and how many of its rows are samples. */
  fill(order: Uint32Array, start: number): { batch: Batch; count: number } {
    const { features, targets, sampleWeights, rowShares } = this.#batch;
    const { rows } = this.#part;
    const count = Math.min(this.#size, order.length - start);
    const width = this.#width;
    features.fill(0, count * width);
    targets.fill(0);
    sampleWeights.fill(0).fill(1 / count, 0, count);
    rowShares.fill(0).fill(1 / count, 0, count);
    for (let row = 0; row < count; row++) {
      const sample = rows[order[start + row] as number] as number;
      features.set(this.#featuresOf(sample), row * width);
      this.#fillTargets(row, sample);
      if (this.#classWeights) {
        const label = largest(targets, row * this.#outputs, this.#outputs);
        sampleWeights[row] = (this.#classWeights[label] as number) / count;
      }
    }
    return { batch: this.#batch, count };
  }

  #fillTargets(row: number, sample: number): void {
    const { targets } = this.#batch;
    const { labels } = this.#part.split;
    const outputs = this.#outputs;
    const found = this.#labelsOf(sample);
    if (labels.dtype === "F32") {
      targets.set(found, row * outputs);
    } else if (outputs === 1) {
      targets[row] = found[0] as number;
    } else {
      // One number for each step of a sequence; all others are of one step.
      const steps = outputs / this.#classes;
      for (let step = 0; step < steps; step++) {
        targets[row * outputs + step * this.#classes + (found[step] as number)] = 1;
      }
    }
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
