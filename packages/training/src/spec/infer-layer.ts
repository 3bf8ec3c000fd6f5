import { invalid } from "./fields.ts";
import { inferAttention, inferEmbedding, inferRecurrent } from "./infer-sequence-layer.ts";
import {
  CURVE_FLOPS,
  type LayerShape,
  NORMALIZE_FLOPS,
  shaped,
  size,
  type WeightShape,
  weight,
} from "./layer-shape.ts";
import type { ActivationName, Layer } from "./types.ts";

type SimpleLayer = Exclude<Layer, { class_name: "Residual" }>;

/** What one layer makes of its input. Throws `MODEL_INVALID`. */
export function inferLayer(layer: SimpleLayer, input: readonly number[], path: string): LayerShape {
  const values = size(input);
  switch (layer.class_name) {
    case "InputLayer":
      return invalid(path, "InputLayer can only come first.");
    case "Dense": {
      const { units, use_bias: bias } = layer.config;
      if (input.length > 2) {
        invalid(path, `Dense takes a flat input or a sequence, but gets shape [${input}]. Put a Flatten before it.`);
      }
      const width = input.at(-1) as number;
      const rows = values / width;
      const weights = kernelAndBias(layer, [width, units]);
      return shaped(
        layer,
        input,
        [...input.slice(0, -1), units],
        rows * units * (2 * width + (bias ? 1 : 0) + curve(layer.config.activation)),
        weights,
      );
    }
    case "Conv2D":
      return inferConvolution(layer, input, path);
    case "MaxPooling2D": {
      const [height, width, channels] = image(input, path, "MaxPooling2D");
      const [poolHeight, poolWidth] = layer.config.pool_size;
      if (poolHeight > height || poolWidth > width) {
        const problem = `[${layer.config.pool_size}] is larger than its input of ${height}×${width}.`;
        invalid(`${path}.config.pool_size`, problem);
      }
      return shaped(layer, input, [Math.floor(height / poolHeight), Math.floor(width / poolWidth), channels], values);
    }
    case "GlobalAveragePooling1D":
      return shaped(layer, input, [sequence(input, path, layer.class_name)[1]], values);
    case "GlobalAveragePooling2D":
      return shaped(layer, input, [image(input, path, layer.class_name)[2]], values);
    case "Flatten":
      return shaped(layer, input, [values], 0);
    case "BatchNormalization":
    case "LayerNormalization":
      return shaped(
        layer,
        input,
        input,
        NORMALIZE_FLOPS * values,
        normalizationWeights(layer, input.at(-1) as number),
        8,
      );
    case "Embedding":
      return inferEmbedding(layer, input, path);
    case "PositionEmbedding": {
      sequence(input, path, layer.class_name);
      return shaped(layer, input, input, values, [weight(layer, "embeddings", input, layer.config.initializer)]);
    }
    case "MultiHeadAttention":
      return inferAttention(layer, sequence(input, path, layer.class_name), path);
    case "LSTM":
    case "GRU":
      return inferRecurrent(layer, sequence(input, path, layer.class_name));
    case "Activation":
      return shaped(layer, input, input, values * Math.max(1, curve(layer.config.activation)));
    default:
      return shaped(layer, input, input, values);
  }
}

/** What an activation costs a value, where that is not next to nothing. */
function curve(activation: ActivationName): number {
  return ["elu", "silu", "gelu", "sigmoid", "tanh"].includes(activation) ? CURVE_FLOPS : 0;
}

function inferConvolution(
  layer: Extract<Layer, { class_name: "Conv2D" }>,
  input: readonly number[],
  path: string,
): LayerShape {
  const [height, width, channels] = image(input, path, "Conv2D");
  const { filters, kernel_size, strides, padding, use_bias: bias } = layer.config;
  const edge = (length: number, axis: 0 | 1) =>
    Math.ceil((padding === "same" ? length : length - kernel_size[axis] + 1) / strides[axis]);
  const output = [edge(height, 0), edge(width, 1), filters];
  const [kernelHeight, kernelWidth] = kernel_size;
  if (output.some((length) => length < 1)) {
    invalid(`${path}.config.kernel_size`, `[${kernel_size}] does not fit into an input of ${height}×${width}.`);
  }
  if (kernelHeight > 2 * height || kernelWidth > 2 * width) {
    invalid(`${path}.config.kernel_size`, `[${kernel_size}] is too large for an input of ${height}×${width}.`);
  }
  if (strides[0] > height || strides[1] > width) {
    invalid(`${path}.config.strides`, `[${strides}] is larger than its input of ${height}×${width}.`);
  }
  const kernelValues = kernelHeight * kernelWidth * channels;
  const weights = kernelAndBias(layer, [kernelHeight, kernelWidth, channels, filters]);
  return shaped(
    layer,
    input,
    output,
    size(output) * (2 * kernelValues + (bias ? 1 : 0) + curve(layer.config.activation)),
    weights,
    6,
  );
}

function kernelAndBias(
  layer: Extract<Layer, { class_name: "Dense" | "Conv2D" }>,
  shape: readonly number[],
): readonly WeightShape[] {
  const { use_bias, kernel_initializer, bias_initializer } = layer.config;
  const kernel = weight(layer, "kernel", shape, kernel_initializer);
  return use_bias ? [kernel, weight(layer, "bias", shape.slice(-1), bias_initializer)] : [kernel];
}

function normalizationWeights(
  layer: Extract<Layer, { class_name: "BatchNormalization" | "LayerNormalization" }>,
  width: number,
): readonly WeightShape[] {
  const { config } = layer;
  const running = { trainable: false };
  return [
    ...(config.scale ? [weight(layer, "gamma", [width], config.gamma_initializer)] : []),
    ...(config.center ? [weight(layer, "beta", [width], config.beta_initializer)] : []),
    ...(layer.class_name === "BatchNormalization"
      ? [
          weight(layer, "moving_mean", [width], layer.config.moving_mean_initializer, running),
          weight(layer, "moving_variance", [width], layer.config.moving_variance_initializer, running),
        ]
      : []),
  ];
}

function image(input: readonly number[], path: string, what: string): readonly [number, number, number] {
  if (input.length !== 3) {
    invalid(path, `${what} takes images of shape [height, width, channels], but gets shape [${input}].`);
  }
  return input as readonly [number, number, number] & readonly number[];
}

function sequence(input: readonly number[], path: string, what: string): readonly [number, number] {
  if (input.length !== 2) {
    invalid(path, `${what} takes sequences of shape [steps, features], but gets shape [${input}].`);
  }
  return input as readonly [number, number] & readonly number[];
}
