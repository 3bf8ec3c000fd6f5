import { CyxwizError } from "@cyxwiz/errors";
import { inferShapes } from "../spec/infer-shapes.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { rowWidth, type TrainingSplit } from "./training-data.ts";

/** Elements of a tensor, whatever their type. */
export type Values = Uint8Array | Int32Array | Float32Array;

/** A check of every value of a tensor. */
export interface ValueCheck {
  /** The tensor's name, e.g. `train.features`. */
  readonly source: string;
  readonly tensor: TrainingSplit["features"] | TrainingSplit["labels"];
  /**
   * Checks a piece of whole rows; `first` is the number of its first value. Throws `DATA_INVALID` naming the row.
   */
  check(values: Values, first: number): void;
}

/** What has to be checked of the values of a split that a model is to learn from. */
export function valueChecks(split: TrainingSplit, spec: TrainingSpec): ValueCheck[] {
  const { features, labels, name } = split;
  const { output, layers } = inferShapes(spec.model);
  const checks: ValueCheck[] = [];
  const add = (tensor: ValueCheck["tensor"], source: string, make: (place: Place) => ValueCheck["check"]) =>
    checks.push({ source, tensor, check: make({ source, width: rowWidth(tensor) }) });
  const first = layers[1]?.layer;
  // What was opened in memory is finite already.
  if (features.dtype === "F32" && !("data" in features)) add(features, `${name}.features`, finite);
  if (first?.class_name === "Embedding") add(features, `${name}.features`, tokens(first.config.input_dim));
  const source = `${name}.labels`;
  if (labels.dtype === "F32") {
    if (!("data" in labels)) add(labels, source, finite);
    if (spec.training.loss === "categorical_crossentropy") add(labels, source, probabilities);
    return checks;
  }
  const units = output.at(-1) as number;
  if (spec.training.loss !== "mean_squared_error" || units !== 1) add(labels, source, classes(units));
  return checks;
}

interface Place {
  readonly source: string;
  /** Values in a row. */
  readonly width: number;
}

const finite =
  (at: Place): ValueCheck["check"] =>
  (values, first) => {
    for (let index = 0; index < values.length; index++) {
      if (Number.isFinite(values[index])) continue;
      fail(at.source, `${placeOf(at, first + index)} is ${values[index]}; every value must be a finite float32.`);
    }
  };

const tokens =
  (known: number) =>
  (at: Place): ValueCheck["check"] =>
  (values, first) => {
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      if (Number.isInteger(value) && value >= 0 && value < known) continue;
      const problem = `the embedding takes whole numbers from 0 to ${known - 1}.`;
      fail(at.source, `${placeOf(at, first + index)} is ${value}; ${problem}`);
    }
  };

const classes =
  (units: number) =>
  ({ source, width }: Place): ValueCheck["check"] =>
  (values, first) => {
    for (let index = 0; index < values.length; index++) {
      const label = values[index] as number;
      if (label >= 0 && label < units) continue;
      const row = Math.floor((first + index) / width);
      fail(source, `row ${row} has label ${label}; the model's ${units} outputs allow 0 to ${units - 1}.`);
    }
  };

const probabilities =
  ({ source, width }: Place): ValueCheck["check"] =>
  (values, first) => {
    for (let start = 0; start < values.length; start += width) {
      const row = (first + start) / width;
      let sum = 0;
      for (let column = 0; column < width; column++) {
        const value = values[start + column] as number;
        if (value < 0) fail(source, `row ${row} has ${value}; probabilities cannot be negative.`);
        sum += value;
      }
      if (Math.abs(sum - 1) > 1e-3) fail(source, `row ${row} adds up to ${sum}; probabilities must add up to 1.`);
    }
  };

function placeOf({ width }: Place, index: number): string {
  return `row ${Math.floor(index / width)}, value ${index % width}`;
}

function fail(source: string, problem: string): never {
  throw new CyxwizError("DATA_INVALID", { source, problem });
}
