import { type Fields, invalid, show } from "./fields.ts";
import { SPEC_LIMITS } from "./limits.ts";
import { parseOptimizer } from "./parse-optimizer.ts";
import { parseValidation } from "./parse-validation.ts";
import { LOSSES, type LossName, type TrainingConfig } from "./training-types.ts";

/** What the job around a spec says; it fills what the spec leaves open, and must not contradict it. */
export interface JobSettings {
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly seed?: number;
}

const LOSS_CLASSES: Readonly<Record<string, LossName>> = {
  SparseCategoricalCrossentropy: "sparse_categorical_crossentropy",
  CategoricalCrossentropy: "categorical_crossentropy",
  MeanSquaredError: "mean_squared_error",
  mse: "mean_squared_error",
};

const ACCURACY = ["accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy"];

/**
 * Reads the `training` part of a spec. Throws `MODEL_INVALID` naming the path.
 *
 * @param output of the model, for one sample.
 */
export function parseTraining(fields: Fields, job: JobSettings, output: readonly number[]): TrainingConfig {
  const loss = parseLoss(fields);
  const metrics = parseMetrics(fields, loss);
  const config: TrainingConfig = {
    optimizer: parseOptimizer(fields),
    loss,
    batch_size: fields.integer(
      "batch_size",
      { min: 1, max: SPEC_LIMITS.batchSize },
      agreed(fields, "batch_size", job.batchSize) ?? 32,
    ),
    epochs: fields.integer("epochs", { min: 1, max: SPEC_LIMITS.epochs }, agreed(fields, "epochs", job.epochs) ?? 1),
    seed: fields.integer("seed", { min: 0 }, agreed(fields, "seed", job.seed) ?? 0),
    shuffle: fields.boolean("shuffle", true),
    metrics,
    ...parseValidation(fields, loss, metrics, output),
  };
  fields.end();
  return config;
}

function agreed(fields: Fields, key: string, jobValue: number | undefined): number | undefined {
  const own = fields.raw(key);
  if (jobValue !== undefined && own !== undefined && own !== jobValue) {
    invalid(fields.at(key), `${show(own)} contradicts the job's own ${key} of ${jobValue}.`);
  }
  return jobValue;
}

function parseLoss(fields: Fields): LossName {
  const value = fields.raw("loss");
  if (typeof value === "string") {
    return LOSS_CLASSES[value] ?? fields.oneOf("loss", LOSSES);
  }
  if (typeof value !== "object" || value === null) return fields.oneOf("loss", LOSSES);
  const loss = fields.object("loss");
  const className = loss.raw("class_name");
  const name = typeof className === "string" ? LOSS_CLASSES[className] : undefined;
  if (name === undefined) {
    invalid(loss.at("class_name"), `unknown loss ${show(className)}. Known: ${Object.keys(LOSS_CLASSES).join(", ")}.`);
  }
  loss.ignore("module", "registered_name", "config");
  loss.end();
  return name;
}

function parseMetrics(fields: Fields, loss: LossName): readonly "accuracy"[] {
  const value = fields.raw("metrics") ?? (loss === "mean_squared_error" ? [] : ["accuracy"]);
  if (!Array.isArray(value) || !value.every((entry) => ACCURACY.includes(entry as string))) {
    invalid(fields.at("metrics"), `expected a list of "accuracy" or nothing, got ${show(value)}.`);
  }
  if (value.length > 0 && loss === "mean_squared_error") {
    invalid(fields.at("metrics"), "accuracy has no meaning with mean_squared_error.");
  }
  return value.length > 0 ? ["accuracy"] : [];
}
