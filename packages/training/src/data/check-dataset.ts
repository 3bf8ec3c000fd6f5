import { CyxwizError } from "@cyxwiz/errors";
import { validationSamples } from "../spec/estimate-work.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import type { Dataset, Split } from "./dataset.ts";

/**
 * Checks a data set against the model that is to learn from it: shape of the samples, and labels within range.
 *
 * A sample fits when its shape equals the model's input but for dimensions of 1, or when either is flat and both
 * have as many values.
 *
 * @throws CyxwizError `DATA_INVALID` naming the tensor, the row and what was expected.
 */
export function checkDataset(dataset: Dataset, spec: TrainingSpec): void {
  const { input, output, layers } = inferShapes(spec.model);
  const first = layers[1]?.layer;
  for (const split of [dataset.train, dataset.test]) {
    if (split === undefined) continue;
    checkFeatures(split, input);
    if (first?.class_name === "Embedding") checkTokens(split, first.config.input_dim);
    checkLabels(split, spec, output);
  }
  checkValidation(dataset, spec);
}

/** What the spec says of validation must be possible with this data. */
function checkValidation({ train, test }: Dataset, spec: TrainingSpec): void {
  const { validation_split: split, early_stopping: stopping } = spec.training;
  if (split === undefined) {
    if (test === undefined && stopping?.monitor.startsWith("val_")) {
      fail("test", `early stopping watches ${stopping.monitor}, but there is neither test set nor validation_split.`);
    }
    return;
  }
  if (test) fail("test", "there is a test set, so the job's validation_split has nothing to do.");
  const taken = validationSamples(spec, train.samples);
  if (taken < 1 || taken >= train.samples) {
    fail("train", `validation_split ${split} takes ${taken} of ${train.samples} samples; some must be on both sides.`);
  }
}

function checkTokens({ features, name, samples }: Split, tokens: number): void {
  const width = features.data.length / samples;
  features.data.forEach((value, index) => {
    if (Number.isInteger(value) && value >= 0 && value < tokens) return;
    const place = `row ${Math.floor(index / width)}, value ${index % width}`;
    fail(`${name}.features`, `${place} is ${value}; the embedding takes whole numbers from 0 to ${tokens - 1}.`);
  });
}

function checkFeatures({ features, name }: Split, input: readonly number[]): void {
  const sample = features.shape.slice(1);
  const squeezed = (shape: readonly number[]) => shape.filter((entry) => entry !== 1);
  const fits =
    String(squeezed(sample)) === String(squeezed(input)) ||
    (size(sample) === size(input) && (sample.length <= 1 || input.length === 1));
  if (!fits) fail(`${name}.features`, `samples have the shape [${sample}]; the model takes [${input}].`);
}

function checkLabels({ labels, name, samples }: Split, spec: TrainingSpec, output: readonly number[]): void {
  const source = `${name}.labels`;
  const { loss } = spec.training;
  const units = output.at(-1) as number;
  const width = labels.data.length / samples;
  if (labels.dtype === "F32") {
    if (loss === "sparse_categorical_crossentropy") {
      fail(source, `${loss} needs whole class numbers, but the labels are float32 targets.`);
    }
    if (width !== units) fail(source, `targets have ${width} values a row; the model has ${units} outputs.`);
    if (loss === "categorical_crossentropy") checkProbabilities(labels.data, width, source);
    return;
  }
  const steps = size(output) / units;
  if (width !== steps) fail(source, `there are ${width} class numbers a sample; the model gives ${steps}.`);
  if (loss === "mean_squared_error" && units === 1) return;
  for (let index = 0; index < labels.data.length; index++) {
    const label = labels.data[index] as number;
    if (label < 0 || label >= units) {
      const row = Math.floor(index / width);
      fail(source, `row ${row} has label ${label}; the model's ${units} outputs allow 0 to ${units - 1}.`);
    }
  }
}

function checkProbabilities(targets: Float32Array, width: number, source: string): void {
  for (let row = 0; row * width < targets.length; row++) {
    let sum = 0;
    for (let column = 0; column < width; column++) {
      const value = targets[row * width + column] as number;
      if (value < 0) fail(source, `row ${row} has ${value}; probabilities cannot be negative.`);
      sum += value;
    }
    if (Math.abs(sum - 1) > 1e-3) fail(source, `row ${row} adds up to ${sum}; probabilities must add up to 1.`);
  }
}

function fail(source: string, problem: string): never {
  throw new CyxwizError("DATA_INVALID", { source, problem });
}
