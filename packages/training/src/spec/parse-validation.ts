import { type Fields, invalid, show } from "./fields.ts";
import { type EarlyStopping, type LossName, MONITORS, type TrainingConfig } from "./training-types.ts";

/**
 * Reads what steers a run by its measures: `validation_split`, `class_weight` and `early_stopping`. What is not asked
 * for stays absent, so that specs without them read as they always did.
 *
 * @param output of the model, for one sample.
 */
export function parseValidation(
  fields: Fields,
  loss: LossName,
  metrics: readonly string[],
  output: readonly number[],
): Pick<TrainingConfig, "validation_split" | "class_weight" | "early_stopping"> {
  const split = fields.number("validation_split", { min: 0, below: 1 }, 0);
  const weights = parseClassWeight(fields, loss, output);
  const stopping = parseEarlyStopping(fields, metrics);
  return {
    ...(split > 0 && { validation_split: split }),
    ...(weights && { class_weight: weights }),
    ...(stopping && { early_stopping: stopping }),
  };
}

/** As Keras' dictionary `{"0": 1, "1": 5}`, where a missing class weighs 1, or as a list with one weight a class. */
function parseClassWeight(fields: Fields, loss: LossName, output: readonly number[]): readonly number[] | undefined {
  const value = fields.raw("class_weight");
  if (value === undefined || value === null) return undefined;
  const path = fields.at("class_weight");
  if (loss === "mean_squared_error") invalid(path, "weights of classes have no meaning with mean_squared_error.");
  if (output.length !== 1) invalid(path, "the model's samples have a class for each step, not one.");
  const classes = output[0] as number;
  const fits = (entry: unknown): entry is number =>
    typeof entry === "number" && Number.isFinite(entry) && entry >= 0 && entry <= 1e6;
  if (Array.isArray(value)) {
    if (value.length === classes && value.every(fits)) return value;
    return invalid(path, `expected ${classes} weights from 0 to 1000000, one for each class, got ${show(value)}.`);
  }
  const weights = new Array<number>(classes).fill(1);
  for (const [key, entry] of Object.entries(fields.object("class_weight").entries())) {
    const at = `${path}.${key}`;
    if (!/^\d{1,7}$/.test(key) || Number(key) >= classes) invalid(at, `the classes are 0 to ${classes - 1}.`);
    if (!fits(entry)) invalid(at, `expected a number from 0 to 1000000, got ${show(entry)}.`);
    weights[Number(key)] = entry;
  }
  return weights;
}

/** As the parameters of Keras' EarlyStopping callback. */
function parseEarlyStopping(fields: Fields, metrics: readonly string[]): EarlyStopping | undefined {
  if (fields.raw("early_stopping") === undefined || fields.raw("early_stopping") === null) return undefined;
  const stopping = fields.object("early_stopping");
  stopping.only("mode", "auto");
  stopping.only("baseline", null);
  stopping.only("start_from_epoch", 0);
  stopping.ignore("verbose");
  const monitor = stopping.oneOf("monitor", MONITORS, "val_loss");
  if (monitor.endsWith("accuracy") && !metrics.includes("accuracy")) {
    invalid(stopping.at("monitor"), `${monitor} is not among the metrics of this training.`);
  }
  const parsed = {
    monitor,
    min_delta: stopping.number("min_delta", { min: 0 }, 0),
    patience: stopping.integer("patience", { min: 0, max: 100_000 }, 0),
    restore_best_weights: stopping.boolean("restore_best_weights", false),
  };
  stopping.end();
  return parsed;
}
