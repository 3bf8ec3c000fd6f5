import { CyxwizError } from "@cyxwiz/errors";
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
  const { input, output } = inferShapes(spec.model);
  for (const split of [dataset.train, dataset.test]) {
    if (split === undefined) continue;
    checkFeatures(split, input);
    checkLabels(split, spec, output[0] as number);
  }
}

function checkFeatures({ features, name }: Split, input: readonly number[]): void {
  const sample = features.shape.slice(1);
  const squeezed = (shape: readonly number[]) => shape.filter((entry) => entry !== 1);
  const fits =
    String(squeezed(sample)) === String(squeezed(input)) ||
    (size(sample) === size(input) && (sample.length <= 1 || input.length === 1));
  if (!fits) fail(`${name}.features`, `samples have the shape [${sample}]; the model takes [${input}].`);
}

function checkLabels({ labels, name, samples }: Split, spec: TrainingSpec, units: number): void {
  const source = `${name}.labels`;
  const { loss } = spec.training;
  if (labels.dtype === "F32") {
    if (loss === "sparse_categorical_crossentropy") {
      fail(source, `${loss} needs whole class numbers, but the labels are float32 targets.`);
    }
    const width = labels.data.length / samples;
    if (width !== units) fail(source, `targets have ${width} values a row; the model has ${units} outputs.`);
    if (loss === "categorical_crossentropy") checkProbabilities(labels.data, width, source);
    return;
  }
  if (loss === "mean_squared_error" && units === 1) return;
  for (let row = 0; row < samples; row++) {
    const label = labels.data[row] as number;
    if (label < 0 || label >= units) {
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
