import type { TrainingData, TrainingSplit } from "../data/training-data.ts";
import { validationSamples } from "../spec/estimate-work.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { shuffled } from "./batches.ts";
import { Philox } from "./philox.ts";
import { PURPOSE } from "./purposes.ts";

/** Some of a split's samples, by their numbers. */
export interface Part {
  readonly split: TrainingSplit;
  readonly rows: Uint32Array;
}

/**
 * What to train on, and what to evaluate on after every epoch: the test set, or what the spec's `validation_split` takes
 * from the training set, which follows from the seed alone. Both keep the order of their samples.
 */
export function partsOf(
  dataset: TrainingData,
  spec: TrainingSpec,
): { readonly train: Part; readonly validation?: Part } {
  const { train, test } = dataset;
  const taken = validationSamples(spec, train.samples);
  if (taken === 0) return { train: whole(train), ...(test && { validation: whole(test) }) };
  const order = shuffled(train.samples, new Philox(spec.training.seed, PURPOSE.validation, 0));
  return {
    train: { split: train, rows: order.slice(taken).sort() },
    validation: { split: train, rows: order.slice(0, taken).sort() },
  };
}

function whole(split: TrainingSplit): Part {
  return { split, rows: Uint32Array.from({ length: split.samples }, (_, index) => index) };
}
