import { invalid } from "./fields.ts";
import { SPEC_LIMITS } from "./limits.ts";
import type { Layer, SequentialModel } from "./types.ts";

/** A weight tensor of the model. */
export interface WeightShape {
  /** Keras style: `<layer>/kernel` or `<layer>/bias`. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** One layer's place in the model. Shapes are those of one sample, without the batch. */
export interface LayerShape {
  readonly layer: Layer;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly weights: readonly WeightShape[];
  /** Floating point operations of the forward pass for one sample. */
  readonly flops: number;
}

export interface ModelShapes {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly layers: readonly LayerShape[];
  readonly weights: readonly WeightShape[];
  readonly parameters: number;
  /** Forward pass, one sample. */
  readonly flopsPerSample: number;
}

/**
 * Follows one sample through the model.
 *
 * @throws CyxwizError `MODEL_INVALID` where a layer cannot take what comes to it, or a limit is passed.
 */
export function inferShapes(model: SequentialModel): ModelShapes {
  const [first, ...rest] = model.config.layers;
  let shape: readonly number[] = first.config.batch_shape.slice(1) as number[];
  const input = shape;
  checkSize(shape, "model.config.layers[0].config.batch_shape");
  const layers: LayerShape[] = [{ layer: first, input, output: input, weights: [], flops: 0 }];
  let parameters = 0;
  rest.forEach((layer, index) => {
    const path = `model.config.layers[${index + 1}]`;
    const entry = inferLayer(layer, shape, path);
    checkSize(entry.output, path);
    for (const weight of entry.weights) parameters += size(weight.shape);
    if (parameters > SPEC_LIMITS.parameters) {
      invalid(path, `the model has more than ${SPEC_LIMITS.parameters} parameters.`);
    }
    layers.push(entry);
    shape = entry.output;
  });
  return {
    input,
    output: shape,
    layers,
    weights: layers.flatMap((layer) => layer.weights),
    parameters,
    flopsPerSample: layers.reduce((sum, layer) => sum + layer.flops, 0),
  };
}

/** The number of values in a shape. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, entry) => product * entry, 1);
}

function checkSize(shape: readonly number[], path: string): void {
  if (size(shape) > SPEC_LIMITS.sampleValues) {
    invalid(path, `one sample has ${size(shape)} values here; the limit is ${SPEC_LIMITS.sampleValues}.`);
  }
}

function inferLayer(layer: Layer, input: readonly number[], path: string): LayerShape {
  const values = size(input);
  switch (layer.class_name) {
    case "InputLayer":
      return invalid(path, "InputLayer can only come first.");
    case "Dense": {
      const { units, use_bias: bias } = layer.config;
      if (input.length !== 1) {
        invalid(path, `Dense takes a flat input, but gets shape [${input}]. Put a Flatten before it.`);
      }
      const weights = named(layer.config.name, [values, units], bias);
      return { layer, input, output: [units], weights, flops: units * (2 * values + (bias ? 1 : 0)) };
    }
    case "Conv2D": {
      const [height, width, channels] = image(input, path, "Conv2D");
      const { filters, kernel_size, padding, use_bias: bias } = layer.config;
      const [kernelHeight, kernelWidth] = kernel_size;
      const output =
        padding === "same" ? [height, width, filters] : [height - kernelHeight + 1, width - kernelWidth + 1, filters];
      if (output.some((edge) => edge < 1)) {
        invalid(`${path}.config.kernel_size`, `[${kernel_size}] does not fit into an input of ${height}×${width}.`);
      }
      if (kernelHeight > 2 * height || kernelWidth > 2 * width) {
        invalid(`${path}.config.kernel_size`, `[${kernel_size}] is too large for an input of ${height}×${width}.`);
      }
      const kernelValues = kernelHeight * kernelWidth * channels;
      const weights = named(layer.config.name, [kernelHeight, kernelWidth, channels, filters], bias);
      return { layer, input, output, weights, flops: size(output) * (2 * kernelValues + (bias ? 1 : 0)) };
    }
    case "MaxPooling2D": {
      const [height, width, channels] = image(input, path, "MaxPooling2D");
      const [poolHeight, poolWidth] = layer.config.pool_size;
      if (poolHeight > height || poolWidth > width) {
        const problem = `[${layer.config.pool_size}] is larger than its input of ${height}×${width}.`;
        invalid(`${path}.config.pool_size`, problem);
      }
      const output = [Math.floor(height / poolHeight), Math.floor(width / poolWidth), channels];
      return { layer, input, output, weights: [], flops: values };
    }
    case "Flatten":
      return { layer, input, output: [values], weights: [], flops: 0 };
    default:
      return { layer, input, output: input, weights: [], flops: values };
  }
}

function image(input: readonly number[], path: string, what: string): readonly [number, number, number] {
  if (input.length !== 3) {
    invalid(path, `${what} takes images of shape [height, width, channels], but gets shape [${input}].`);
  }
  return input as readonly [number, number, number] & readonly number[];
}

function named(layer: string, kernel: readonly number[], bias: boolean): readonly WeightShape[] {
  const weights = [{ name: `${layer}/kernel`, shape: kernel }];
  return bias ? [...weights, { name: `${layer}/bias`, shape: kernel.slice(-1) }] : weights;
}
