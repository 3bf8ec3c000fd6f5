import { Fields, invalid, show } from "./fields.ts";
import { SPEC_LIMITS } from "./limits.ts";
import { ACTIVATIONS, type ActivationName, INITIALIZERS, type InitializerName, type Layer } from "./types.ts";

const SIZE = { min: 1, max: SPEC_LIMITS.dimension };

/** Keras class names of initialisers, as `Model.get_config()` writes them. */
const INITIALIZER_CLASSES: Readonly<Record<string, InitializerName>> = {
  GlorotUniform: "glorot_uniform",
  GlorotNormal: "glorot_normal",
  HeUniform: "he_uniform",
  HeNormal: "he_normal",
  LecunUniform: "lecun_uniform",
  LecunNormal: "lecun_normal",
  Zeros: "zeros",
  Ones: "ones",
};

type Parsers = {
  [Name in Layer["class_name"]]: (config: Fields) => Omit<Extract<Layer, { class_name: Name }>["config"], "name">;
};

const PARSERS: Parsers = {
  InputLayer: (config) => ({ batch_shape: batchShape(config) }),
  Rescaling: (config) => ({ scale: config.number("scale", {}), offset: config.number("offset", {}, 0) }),
  Dense: (config) => ({ units: config.integer("units", SIZE), ...weighted(config) }),
  Conv2D: (config) => {
    config.only("strides", 1, [1, 1]);
    config.only("dilation_rate", 1, [1, 1]);
    config.only("groups", 1);
    config.only("data_format", "channels_last", null);
    return {
      filters: config.integer("filters", SIZE),
      kernel_size: pair(config, "kernel_size"),
      strides: [1, 1],
      padding: config.oneOf("padding", ["valid", "same"], "valid"),
      data_format: "channels_last",
      ...weighted(config),
    };
  },
  MaxPooling2D: (config) => {
    const pool = pair(config, "pool_size", 2);
    config.only("strides", null, pool, ...(pool[0] === pool[1] ? [pool[0]] : []));
    config.only("padding", "valid");
    config.only("data_format", "channels_last", null);
    return { pool_size: pool, strides: pool, padding: "valid", data_format: "channels_last" };
  },
  Flatten: (config) => {
    config.only("data_format", "channels_last", null);
    return {};
  },
  Dropout: (config) => {
    config.only("seed", null);
    config.only("noise_shape", null);
    return { rate: config.number("rate", { min: 0, below: 1 }) };
  },
  Activation: (config) => ({ activation: activation(config) }),
  ReLU: (config) => {
    config.only("max_value", null);
    config.only("negative_slope", 0);
    config.only("threshold", 0);
    return {};
  },
  LeakyReLU: (config) => ({ negative_slope: config.number("negative_slope", { min: 0 }, 0.3) }),
  ELU: (config) => ({ alpha: config.number("alpha", { min: 0 }, 1) }),
  Softmax: (config) => {
    config.only("axis", -1);
    return {};
  },
};

/** The layers that a spec can name. */
export const LAYER_NAMES = Object.keys(PARSERS) as readonly Layer["class_name"][];

/**
 * Reads one `{class_name, config}`, with what Keras writes beside it tolerated where it means nothing here.
 *
 * @throws CyxwizError `MODEL_INVALID` naming the path.
 */
export function parseLayer(json: unknown, path: string, defaultName: (className: string) => string): Layer {
  const layer = new Fields(json, path);
  const className = layer.raw("class_name");
  if (typeof className !== "string" || !Object.hasOwn(PARSERS, className)) {
    invalid(layer.at("class_name"), `unknown layer ${show(className)}. Known: ${LAYER_NAMES.join(", ")}.`);
  }
  const config = layer.has("config") ? layer.object("config") : new Fields({}, layer.at("config"));
  layer.ignore("config", "module", "registered_name", "build_config", "name");
  layer.end();

  config.only("trainable", true);
  config.ignore("dtype");
  const name = config.string("name", defaultName(className));
  if (name.includes("/") || name === "__metadata__") invalid(config.at("name"), `a name cannot be ${show(name)}.`);
  const parsed = PARSERS[className as Layer["class_name"]](config);
  config.end();
  return { class_name: className, config: { name, ...parsed } } as Layer;
}

function weighted(config: Fields) {
  for (const key of ["kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint"]) {
    config.only(key, null);
  }
  for (const key of ["bias_constraint", "lora_rank", "quantization_config"]) config.only(key, null);
  return {
    activation: activation(config, "linear"),
    use_bias: config.boolean("use_bias", true),
    kernel_initializer: initializer(config, "kernel_initializer", "glorot_uniform"),
    bias_initializer: initializer(config, "bias_initializer", "zeros"),
  };
}

function activation(config: Fields, fallback?: ActivationName): ActivationName {
  if (config.raw("activation") === "swish") return "silu";
  return config.oneOf("activation", ACTIVATIONS, fallback);
}

function initializer(config: Fields, key: string, fallback: InitializerName): InitializerName {
  const value = config.raw(key);
  if (typeof value !== "object" || value === null) return config.oneOf(key, INITIALIZERS, fallback);
  const fields = config.object(key);
  const className = fields.raw("class_name");
  const name = typeof className === "string" ? INITIALIZER_CLASSES[className] : undefined;
  if (name === undefined) {
    const known = Object.keys(INITIALIZER_CLASSES).join(", ");
    invalid(fields.at("class_name"), `unknown initializer ${show(className)}. Known: ${known}.`);
  }
  fields.ignore("module", "registered_name");
  if (fields.has("config")) {
    const inner = fields.object("config");
    inner.only("seed", null);
    inner.end();
  }
  fields.end();
  return name;
}

function pair(config: Fields, key: string, fallback?: number): readonly [number, number] {
  const value = config.raw(key) ?? fallback;
  const entries = Array.isArray(value) ? value : [value, value];
  const [first, second] = entries;
  if (entries.length !== 2 || !isSize(first) || !isSize(second)) {
    invalid(config.at(key), `expected a whole number from 1, or two of them, got ${show(value)}.`);
  }
  return [first, second];
}

function batchShape(config: Fields): readonly [null, ...number[]] {
  config.only("sparse", false);
  config.only("ragged", false);
  config.only("optional", false);
  const key = ["batch_shape", "batch_input_shape", "shape"].find((name) => config.has(name)) ?? "batch_shape";
  const value = config.raw(key);
  const shape = Array.isArray(value) ? (key === "shape" ? value : value.slice(1)) : undefined;
  if (shape === undefined || (key !== "shape" && (value as unknown[])[0] !== null)) {
    invalid(config.at(key), `expected [null, …] with the sizes of one sample, got ${show(value)}.`);
  }
  if (shape.length < 1 || shape.length > 3 || !shape.every(isSize)) {
    const problem = `expected 1 to 3 whole numbers from 1 to ${SPEC_LIMITS.dimension} for one sample, got ${show(value)}.`;
    invalid(config.at(key), problem);
  }
  return [null, ...(shape as number[])];
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= SPEC_LIMITS.dimension;
}
