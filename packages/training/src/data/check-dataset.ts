import { CyxwizError } from "@cyxwiz/errors";
import { validationSamples } from "../spec/estimate-work.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { piecesOf, rowWidth, type TrainingData, type TrainingSplit } from "./training-data.ts";
import { type ValueCheck, type Values, valueChecks } from "./value-checks.ts";

/**
 * Checks a data set against the model that is to learn from it: shape of the samples, and labels within range.
 *
 * A sample fits when its shape equals the model's input but for dimensions of 1, or when either is flat and both
 * have as many values.
 *
 * @throws CyxwizError `DATA_INVALID` naming the tensor, the row and what was expected.
 */
export function checkDataset(dataset: TrainingData, spec: TrainingSpec): void {
  for (const { tensor, check } of checkShapes(dataset, spec)) {
    for (const { first, values } of piecesOf<"U8" | "I32" | "F32">(tensor)) check(values as Values, first);
  }
}

/**
 * The part of {@link checkDataset} that needs no values.
 *
 * @returns what remains to be checked of them, for those who read them anyway.
 */
export function checkShapes(dataset: TrainingData, spec: TrainingSpec): readonly ValueCheck[] {
  const { input, output } = inferShapes(spec.model);
  const checks: ValueCheck[] = [];
  for (const split of [dataset.train, dataset.test]) {
    if (split === undefined) continue;
    checkFeatures(split, input);
    checkLabels(split, spec, output);
    checks.push(...valueChecks(split, spec));
  }
  checkValidation(dataset, spec);
  return checks;
}

/** What the spec says of validation must be possible with this data. */
function checkValidation({ train, test }: TrainingData, spec: TrainingSpec): void {
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

function checkFeatures({ features, name }: TrainingSplit, input: readonly number[]): void {
  const sample = features.shape.slice(1);
  const squeezed = (shape: readonly number[]) => shape.filter((entry) => entry !== 1);
  const fits =
    String(squeezed(sample)) === String(squeezed(input)) ||
    (size(sample) === size(input) && (sample.length <= 1 || input.length === 1));
  if (!fits) fail(`${name}.features`, `samples have the shape [${sample}]; the model takes [${input}].`);
}

function checkLabels({ labels, name }: TrainingSplit, spec: TrainingSpec, output: readonly number[]): void {
  const source = `${name}.labels`;
  const { loss } = spec.training;
  const units = output.at(-1) as number;
  const width = rowWidth(labels);
  if (labels.dtype === "F32") {
    if (loss === "sparse_categorical_crossentropy") {
      fail(source, `${loss} needs whole class numbers, but the labels are float32 targets.`);
    }
    if (width !== units) fail(source, `targets have ${width} values a row; the model has ${units} outputs.`);
    return;
  }
  const steps = size(output) / units;
  if (width !== steps) fail(source, `there are ${width} class numbers a sample; the model gives ${steps}.`);
}

function fail(source: string, problem: string): never {
  throw new CyxwizError("DATA_INVALID", { source, problem });
}
