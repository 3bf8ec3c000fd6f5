import type { InitializerName, Layer } from "./types.ts";

/** A weight tensor of the model. */
export interface WeightShape {
  /** Keras style: `<layer>/kernel` or `<layer>/bias`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: InitializerName | "forget_gate_ones";
  /** Values that go into and come out of the product with it, where its shape does not say so. */
  readonly fans?: readonly [number, number];
  /** False for running statistics, which no optimiser touches. */
  readonly trainable: boolean;
}

/** One layer's place in the model. Shapes are those of one sample, without the batch. */
export interface LayerShape {
  readonly layer: Layer;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly weights: readonly WeightShape[];
  /** Floating point operations of the forward pass for one sample; those of layers inside it included. */
  readonly flops: number;
  /** Values that training holds for one sample. */
  readonly held: number;
  /** The layers of a Residual. */
  readonly layers?: readonly LayerShape[];
}

/*
 * What one value costs where it is not multiplied and summed but goes through something slower, in operations of the matrix
 * product that a node's speed is measured with. Measured; good to a factor of two.
 */
/** A sigmoid, tanh or the like. */
export const CURVE_FLOPS = 300;
/** A score of attention: mask, largest, exponential, sum, quotient. */
export const SOFTMAX_FLOPS = 400;
/** A value looked up in a table, and added to it in training. */
export const LOOK_UP_FLOPS = 200;
/** A value that is normalised. */
export const NORMALIZE_FLOPS = 60;

/** The number of values in a shape. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, entry) => product * entry, 1);
}

/** @param copies of the output that training holds, for each value of it. */
export function shaped(
  layer: Layer,
  input: readonly number[],
  output: readonly number[],
  flops: number,
  weights: readonly WeightShape[] = [],
  copies = 3,
): LayerShape {
  return { layer, input, output, weights, flops, held: size(input) + copies * size(output) };
}

/** A weight of a layer. */
export function weight(
  layer: Layer,
  name: string,
  shape: readonly number[],
  initializer: WeightShape["initializer"],
  rest: { readonly fans?: readonly [number, number]; readonly trainable?: boolean } = {},
): WeightShape {
  return { name: `${layer.config.name}/${name}`, shape, initializer, trainable: true, ...rest };
}
