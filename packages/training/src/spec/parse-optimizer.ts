import { Fields, invalid, show } from "./fields.ts";
import { SPEC_LIMITS } from "./limits.ts";
import type { LearningRate, Optimizer, Schedule } from "./training-types.ts";

const RATE = { above: 0, max: SPEC_LIMITS.learningRate };
const STEPS = { min: 1 };

/** Reads `training.optimizer`, with Keras' names and defaults. Throws `MODEL_INVALID` naming the path. */
export function parseOptimizer(fields: Fields): Optimizer {
  const optimizer = fields.object("optimizer");
  const name = optimizer.oneOf("class_name", ["SGD", "Adam", "AdamW", "RMSprop"]);
  optimizer.ignore("module", "registered_name");
  const config = optimizer.object("config");
  optimizer.end();
  config.ignore("name");
  for (const key of ["clipnorm", "global_clipnorm", "clipvalue", "ema_overwrite_frequency"]) config.only(key, null);
  for (const key of ["loss_scale_factor", "gradient_accumulation_steps"]) config.only(key, null);
  if (name !== "AdamW") config.only("weight_decay", null);
  config.only("use_ema", false);
  config.only("jit_compile", true, false, "auto");
  config.ignore("ema_momentum");
  const parsed = { class_name: name, config: PARSERS[name](config) } as Optimizer;
  config.end();
  return parsed;
}

const PARSERS = {
  SGD: (config: Fields) => {
    const momentum = config.number("momentum", { min: 0, below: 1 }, 0);
    const nesterov = config.boolean("nesterov", false);
    if (nesterov && momentum === 0) invalid(config.at("nesterov"), "nesterov needs a momentum above 0.");
    return { learning_rate: learningRate(config, 0.01), momentum, nesterov };
  },
  Adam: adam,
  AdamW: (config: Fields) => ({
    ...adam(config),
    weight_decay: config.number("weight_decay", { min: 0, below: 1 }, 0.004),
  }),
  RMSprop: (config: Fields) => {
    config.only("momentum", 0);
    config.only("centered", false);
    return {
      learning_rate: learningRate(config, 0.001),
      rho: config.number("rho", { min: 0, below: 1 }, 0.9),
      epsilon: config.number("epsilon", { above: 0, max: 1 }, 1e-7),
    };
  },
};

function adam(config: Fields) {
  config.only("amsgrad", false);
  return {
    learning_rate: learningRate(config, 0.001),
    beta_1: config.number("beta_1", { min: 0, below: 1 }, 0.9),
    beta_2: config.number("beta_2", { min: 0, below: 1 }, 0.999),
    epsilon: config.number("epsilon", { above: 0, max: 1 }, 1e-7),
  };
}

/** A number, or a schedule as Keras writes one. */
function learningRate(config: Fields, fallback: number): LearningRate {
  const value = config.raw("learning_rate");
  if (typeof value !== "object" || value === null) return config.number("learning_rate", RATE, fallback);
  return schedule(config.object("learning_rate"));
}

const SCHEDULES = ["ExponentialDecay", "PiecewiseConstantDecay", "CosineDecay", "LinearWarmup"] as const;

function schedule(fields: Fields, allowed: readonly Schedule["class_name"][] = SCHEDULES): Schedule {
  const name = fields.oneOf("class_name", allowed);
  fields.ignore("module", "registered_name");
  const config = fields.object("config");
  fields.end();
  config.ignore("name");
  const parsed = { class_name: name, config: SCHEDULE_PARSERS[name](config) } as Schedule;
  config.end();
  return parsed;
}

const SCHEDULE_PARSERS = {
  ExponentialDecay: (config: Fields) => ({
    initial_learning_rate: config.number("initial_learning_rate", RATE),
    decay_steps: config.integer("decay_steps", STEPS),
    decay_rate: config.number("decay_rate", { above: 0, max: 1000 }),
    staircase: config.boolean("staircase", false),
  }),
  PiecewiseConstantDecay: (config: Fields) => {
    const boundaries = numbers(config, "boundaries", (value) => Number.isSafeInteger(value) && value >= 0);
    const values = numbers(config, "values", (value) => value > 0 && value <= RATE.max);
    if (boundaries.some((value, index) => index > 0 && value <= (boundaries[index - 1] as number))) {
      invalid(config.at("boundaries"), `expected steps that rise, got ${show(boundaries)}.`);
    }
    if (values.length !== boundaries.length + 1) {
      invalid(config.at("values"), `expected one more than there are boundaries (${boundaries.length + 1}).`);
    }
    return { boundaries, values };
  },
  CosineDecay: (config: Fields) => {
    // Keras' own warm-up starts elsewhere; LinearWarmup goes with every schedule.
    config.only("warmup_target", null);
    config.only("warmup_steps", 0);
    return {
      initial_learning_rate: config.number("initial_learning_rate", RATE),
      decay_steps: config.integer("decay_steps", STEPS),
      alpha: config.number("alpha", { min: 0, max: 1 }, 0),
    };
  },
  LinearWarmup: (config: Fields) => {
    const value = config.raw("learning_rate");
    const inner =
      typeof value === "object" && value !== null
        ? schedule(new Fields(value, config.at("learning_rate")), SCHEDULES.slice(0, -1))
        : config.number("learning_rate", RATE);
    return { warmup_steps: config.integer("warmup_steps", STEPS), learning_rate: inner };
  },
};

function numbers(config: Fields, key: string, fits: (value: number) => boolean): readonly number[] {
  const value = config.raw(key);
  const valid = Array.isArray(value) && value.length > 0 && value.length <= 1000;
  if (!valid || !value.every((entry) => typeof entry === "number" && fits(entry))) {
    invalid(config.at(key), `expected a list of 1 to 1000 fitting numbers, got ${show(value)}.`);
  }
  return value;
}
