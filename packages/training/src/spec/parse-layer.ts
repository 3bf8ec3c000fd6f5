import { Fields, invalid, show } from "./fields.ts";
import {
  activation,
  initializer,
  isSize,
  kernelAndBias,
  normalization,
  pair,
  recurrent,
  SIZE,
  weighted,
  without,
} from "./layer-fields.ts";
import { SPEC_LIMITS } from "./limits.ts";
import type { Layer } from "./types.ts";

type Parsers = {
  [Name in Layer["class_name"]]: (
    config: Fields,
    nested: Nested,
  ) => Omit<Extract<Layer, { class_name: Name }>["config"], "name">;
};

/** Reads the layers that stand inside another. */
type Nested = (list: unknown, path: string) => readonly Layer[];

const PARSERS: Parsers = {
  InputLayer: (config) => ({ batch_shape: batchShape(config) }),
  Rescaling: (config) => ({ scale: config.number("scale", {}), offset: config.number("offset", {}, 0) }),
  Dense: (config) => ({ units: config.integer("units", SIZE), ...weighted(config) }),
  Conv2D: (config) => {
    config.only("dilation_rate", 1, [1, 1]);
    config.only("groups", 1);
    config.only("data_format", "channels_last", null);
    return {
      filters: config.integer("filters", SIZE),
      kernel_size: pair(config, "kernel_size"),
      strides: pair(config, "strides", 1),
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
  GlobalAveragePooling1D: (config) => globalPooling(config),
  GlobalAveragePooling2D: (config) => globalPooling(config),
  BatchNormalization: (config) => {
    config.only("synchronized", false);
    config.only("renorm", false);
    config.only("renorm_clipping", null);
    config.ignore("renorm_momentum");
    return {
      momentum: config.number("momentum", { min: 0, below: 1 }, 0.99),
      ...normalization(config),
      moving_mean_initializer: initializer(config, "moving_mean_initializer", "zeros"),
      moving_variance_initializer: initializer(config, "moving_variance_initializer", "ones"),
    };
  },
  LayerNormalization: (config) => {
    config.only("rms_scaling", false);
    return normalization(config);
  },
  Embedding: (config) => {
    without(config, "embeddings_regularizer", "embeddings_constraint", "activity_regularizer", "weights");
    without(config, "lora_rank", "lora_alpha", "quantization_config", "input_length");
    config.only("mask_zero", false);
    return {
      input_dim: config.integer("input_dim", SIZE),
      output_dim: config.integer("output_dim", SIZE),
      embeddings_initializer: initializer(config, "embeddings_initializer", "random_uniform"),
    };
  },
  PositionEmbedding: (config) => ({ initializer: initializer(config, "initializer", "glorot_uniform") }),
  MultiHeadAttention: (config) => {
    config.only("dropout", 0);
    without(config, "output_shape", "seed");
    config.only("attention_axes", null, [1]);
    config.ignore("flash_attention");
    const keyDim = config.integer("key_dim", SIZE);
    return {
      num_heads: config.integer("num_heads", SIZE),
      key_dim: keyDim,
      value_dim: config.integer("value_dim", SIZE, keyDim),
      use_causal_mask: config.boolean("use_causal_mask", false),
      ...kernelAndBias(config),
    };
  },
  LSTM: (config) => {
    const forget = config.boolean("unit_forget_bias", true);
    const parsed = recurrent(config);
    if (forget && parsed.bias_initializer !== "zeros") {
      invalid(config.at("bias_initializer"), "only zeros go with unit_forget_bias, which says how the bias begins.");
    }
    return { ...parsed, unit_forget_bias: forget };
  },
  GRU: (config) => {
    config.only("reset_after", true);
    return recurrent(config);
  },
  Residual: (config, nested) => ({ layers: nested(config.raw("layers"), config.at("layers")) }),
};

function globalPooling(config: Fields): object {
  config.only("data_format", "channels_last", null);
  config.only("keepdims", false);
  return {};
}

/** The layers that a spec can name. */
export const LAYER_NAMES = Object.keys(PARSERS) as readonly Layer["class_name"][];

/**
 * Reads a list of layers, named as in Keras where they have no name of their own: dense, dense_1, dense_2, …
 *
 * @throws CyxwizError `MODEL_INVALID` naming the path.
 */
export function parseLayers(list: unknown, path: string): readonly Layer[] {
  const names = new Set<string>();
  let count = 0;
  const read: Nested = (value, at) => {
    if (!Array.isArray(value) || value.length === 0) invalid(at, `expected a list of layers, got ${show(value)}.`);
    count += value.length;
    if (count > SPEC_LIMITS.layers) invalid(at, `${count} layers; the limit is ${SPEC_LIMITS.layers}.`);
    return value.map((entry, index) => parseLayer(entry, `${at}[${index}]`, names, read));
  };
  return read(list, path);
}

/** Reads one `{class_name, config}`, with what Keras writes beside it tolerated where it means nothing here. */
function parseLayer(json: unknown, path: string, names: Set<string>, nested: Nested): Layer {
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
  const name = config.string("name", freeName(className, names));
  if (name.includes("/") || name === "__metadata__") invalid(config.at("name"), `a name cannot be ${show(name)}.`);
  if (names.has(name)) invalid(config.at("name"), `${show(name)} is used twice.`);
  names.add(name);
  const parsed = PARSERS[className as Layer["class_name"]](config, nested);
  config.end();
  return { class_name: className, config: { name, ...parsed } } as Layer;
}

/** Keras' own naming: dense, dense_1, dense_2, … */
function freeName(className: string, taken: ReadonlySet<string>): string {
  const base = className.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
  for (let index = 0; ; index++) {
    const name = index === 0 ? base : `${base}_${index}`;
    if (!taken.has(name)) return name;
  }
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
