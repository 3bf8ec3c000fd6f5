import { type Fields, invalid, show } from "./fields.ts";
import { SPEC_LIMITS } from "./limits.ts";
import { LOSSES, type LossName, type Optimizer, type TrainingConfig } from "./types.ts";

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

/** Reads the `training` part of a spec. Throws `MODEL_INVALID` naming the path. */
export function parseTraining(fields: Fields, job: JobSettings): TrainingConfig {
  const loss = parseLoss(fields);
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
    metrics: parseMetrics(fields, loss),
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

function parseOptimizer(fields: Fields): Optimizer {
  const optimizer = fields.object("optimizer");
  const name = optimizer.oneOf("class_name", ["SGD", "Adam"]);
  optimizer.ignore("module", "registered_name");
  const config = optimizer.object("config");
  optimizer.end();
  config.ignore("name");
  for (const key of ["weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "ema_overwrite_frequency"]) {
    config.only(key, null);
  }
  for (const key of ["loss_scale_factor", "gradient_accumulation_steps"]) config.only(key, null);
  config.only("use_ema", false);
  config.only("jit_compile", true, false, "auto");
  config.ignore("ema_momentum");
  const rate = { above: 0, max: 1000 };
  let parsed: Optimizer;
  if (name === "SGD") {
    const momentum = config.number("momentum", { min: 0, below: 1 }, 0);
    const nesterov = config.boolean("nesterov", false);
    if (nesterov && momentum === 0) invalid(config.at("nesterov"), "nesterov needs a momentum above 0.");
    parsed = {
      class_name: "SGD",
      config: { learning_rate: config.number("learning_rate", rate, 0.01), momentum, nesterov },
    };
  } else {
    config.only("amsgrad", false);
    parsed = {
      class_name: "Adam",
      config: {
        learning_rate: config.number("learning_rate", rate, 0.001),
        beta_1: config.number("beta_1", { min: 0, below: 1 }, 0.9),
        beta_2: config.number("beta_2", { min: 0, below: 1 }, 0.999),
        epsilon: config.number("epsilon", { above: 0, max: 1 }, 1e-7),
      },
    };
  }
  config.end();
  return parsed;
}
