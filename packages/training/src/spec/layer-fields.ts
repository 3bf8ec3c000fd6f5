import { type Fields, invalid, show } from "./fields.ts";
import { SPEC_LIMITS } from "./limits.ts";
import { ACTIVATIONS, type ActivationName, INITIALIZERS, type InitializerName } from "./types.ts";

/** Any one dimension. */
export const SIZE = { min: 1, max: SPEC_LIMITS.dimension };

/** Keras class names of initialisers, as `Model.get_config()` writes them, and what else their config may say. */
const INITIALIZER_CLASSES: Readonly<
  Record<string, { name: InitializerName; config?: Readonly<Record<string, number>> }>
> = {
  GlorotUniform: { name: "glorot_uniform" },
  GlorotNormal: { name: "glorot_normal" },
  HeUniform: { name: "he_uniform" },
  HeNormal: { name: "he_normal" },
  LecunUniform: { name: "lecun_uniform" },
  LecunNormal: { name: "lecun_normal" },
  Orthogonal: { name: "orthogonal", config: { gain: 1 } },
  OrthogonalInitializer: { name: "orthogonal", config: { gain: 1 } },
  RandomUniform: { name: "random_uniform", config: { minval: -0.05, maxval: 0.05 } },
  RandomNormal: { name: "random_normal", config: { mean: 0, stddev: 0.05 } },
  Zeros: { name: "zeros" },
  Ones: { name: "ones" },
};

/** Reads an activation's name. */
export function activation(config: Fields, fallback?: ActivationName, key = "activation"): ActivationName {
  if (config.raw(key) === "swish") return "silu";
  return config.oneOf(key, ACTIVATIONS, fallback);
}

/** Reads an initialiser, by name or as Keras writes it out. */
export function initializer(config: Fields, key: string, fallback: InitializerName): InitializerName {
  const value = config.raw(key);
  if (value === "uniform") return "random_uniform";
  if (value === "normal") return "random_normal";
  if (typeof value !== "object" || value === null) return config.oneOf(key, INITIALIZERS, fallback);
  const fields = config.object(key);
  const className = fields.raw("class_name");
  const known = typeof className === "string" && Object.hasOwn(INITIALIZER_CLASSES, className);
  const found = known ? INITIALIZER_CLASSES[className] : undefined;
  if (found === undefined) {
    const names = Object.keys(INITIALIZER_CLASSES).join(", ");
    invalid(fields.at("class_name"), `unknown initializer ${show(className)}. Known: ${names}.`);
  }
  fields.ignore("module", "registered_name");
  if (fields.has("config")) {
    const inner = fields.object("config");
    inner.only("seed", null);
    for (const [name, only] of Object.entries(found.config ?? {})) inner.only(name, only);
    inner.end();
  }
  fields.end();
  return found.name;
}

/** Accepts what Keras writes for parameters that we cannot honour, where it says "none". */
export function without(config: Fields, ...keys: string[]): void {
  for (const key of keys) config.only(key, null);
}

/** Kernel and bias without an activation. */
export function kernelAndBias(config: Fields) {
  without(config, "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint");
  without(config, "bias_constraint", "lora_rank", "lora_alpha", "quantization_config");
  return {
    use_bias: config.boolean("use_bias", true),
    kernel_initializer: initializer(config, "kernel_initializer", "glorot_uniform"),
    bias_initializer: initializer(config, "bias_initializer", "zeros"),
  };
}

/** Kernel, bias and activation. */
export function weighted(config: Fields) {
  return { activation: activation(config, "linear"), ...kernelAndBias(config) };
}

/** A whole number, or two of them. */
export function pair(config: Fields, key: string, fallback?: number): readonly [number, number] {
  const value = config.raw(key) ?? fallback;
  const entries = Array.isArray(value) ? value : [value, value];
  const [first, second] = entries;
  if (entries.length !== 2 || !isSize(first) || !isSize(second)) {
    invalid(config.at(key), `expected a whole number from 1, or two of them, got ${show(value)}.`);
  }
  return [first, second];
}

/** Whether a value can be a dimension. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= SPEC_LIMITS.dimension;
}

/** A normalisation's parameters; Keras writes axis -1 as a list, too. */
export function normalization(config: Fields) {
  without(config, "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint");
  config.only("axis", -1, [-1]);
  return {
    epsilon: config.number("epsilon", { above: 0, max: 1 }, 1e-3),
    center: config.boolean("center", true),
    scale: config.boolean("scale", true),
    beta_initializer: initializer(config, "beta_initializer", "zeros"),
    gamma_initializer: initializer(config, "gamma_initializer", "ones"),
  };
}

/** What LSTM and GRU have in common. */
export function recurrent(config: Fields) {
  without(config, "recurrent_regularizer", "recurrent_constraint");
  for (const key of ["dropout", "recurrent_dropout"]) config.only(key, 0);
  for (const key of ["return_state", "go_backwards", "stateful", "zero_output_for_mask"]) config.only(key, false);
  config.only("seed", null);
  config.ignore("unroll", "use_cudnn");
  return {
    units: config.integer("units", SIZE),
    recurrent_activation: activation(config, "sigmoid", "recurrent_activation"),
    recurrent_initializer: initializer(config, "recurrent_initializer", "orthogonal"),
    return_sequences: config.boolean("return_sequences", false),
    ...kernelAndBias(config),
    activation: activation(config, "tanh"),
  };
}
