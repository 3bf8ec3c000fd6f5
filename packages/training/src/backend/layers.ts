import type { LayerShape } from "../spec/infer-shapes.ts";
import type { Conv2DLayer, MaxPooling2DLayer } from "../spec/types.ts";
import { activate } from "./activations.ts";
import type { JaxArray, JaxLibrary } from "./load-jax.ts";

/** What a layer is given besides its input. References pass to the layer. */
export interface LayerInputs {
  /** As `toBackendLayout` leaves them. */
  readonly weights: readonly JaxArray[];
  /** Dropout's mask: 0, or 1 / (1 − rate). Absent in evaluation. */
  readonly mask?: JaxArray | undefined;
  /** The last activation is left to the loss, which needs logits. */
  readonly skipActivation: boolean;
}

/** One layer's forward pass on a batch of `batch` samples; takes over the reference to `x`. */
export function applyLayer(
  jax: JaxLibrary,
  { layer, input, output }: LayerShape,
  x: JaxArray,
  batch: number,
  { weights, mask, skipActivation }: LayerInputs,
): JaxArray {
  const finish = (y: JaxArray, activation: Parameters<typeof activate>[1], slope?: number) =>
    skipActivation ? y : activate(jax, activation, y, slope);
  switch (layer.class_name) {
    case "InputLayer":
      return x;
    case "Rescaling":
      return x.mul(layer.config.scale).add(layer.config.offset);
    case "Dense": {
      const [kernel, bias] = weights as [JaxArray, JaxArray?];
      const y = jax.numpy.matmul(x, kernel.transpose());
      return finish(bias ? y.add(bias) : y, layer.config.activation);
    }
    case "Conv2D":
      return finish(convolve(jax, layer, input, output, x, batch, weights), layer.config.activation);
    case "MaxPooling2D":
      return maxPool(jax, layer, input, output, x, batch);
    case "Flatten":
      return x.reshape([batch, ...output]);
    case "Dropout":
      return mask ? x.mul(mask) : x;
    case "Activation":
      return finish(x, layer.config.activation);
    case "ReLU":
      return finish(x, "relu");
    case "LeakyReLU":
      return finish(x, "leaky_relu", layer.config.negative_slope);
    case "ELU":
      return finish(x, "elu", layer.config.alpha);
    case "Softmax":
      return finish(x, "softmax");
  }
}

/**
 * Convolution as one matrix product for each place in the kernel, on shifted views of the padded input: matmul is
 * the one fast path of the library (its own convolution is thirty times slower). With a single channel there is
 * nothing to sum over, and plain products, which fuse into one pass, are faster still.
 */
function convolve(
  jax: JaxLibrary,
  layer: Conv2DLayer,
  input: readonly number[],
  output: readonly number[],
  x: JaxArray,
  batch: number,
  weights: readonly JaxArray[],
): JaxArray {
  const np = jax.numpy;
  const [kernel, bias] = weights as [JaxArray, JaxArray?];
  const [height, width, channels] = input as [number, number, number];
  const [outHeight, outWidth, filters] = output as [number, number, number];
  const [rows, columns] = layer.config.kernel_size;
  const rowPad = outHeight + rows - 1 - height;
  const columnPad = outWidth + columns - 1 - width;
  const top = Math.floor(rowPad / 2);
  const left = Math.floor(columnPad / 2);
  const padded =
    rowPad + columnPad > 0
      ? np.pad(x, [
          [0, 0],
          [top, rowPad - top],
          [left, columnPad - left],
          [0, 0],
        ])
      : x;
  let sum: JaxArray | undefined;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const shifted = padded.ref.slice([], [row, row + outHeight], [column, column + outWidth], []);
      const weight = kernel.ref.slice(row, column);
      const part =
        channels === 1
          ? shifted.mul(weight)
          : np.matmul(shifted.reshape([batch * outHeight * outWidth, channels]), weight);
      sum = sum ? sum.add(part) : part;
    }
  }
  padded.dispose();
  kernel.dispose();
  const y = (sum as JaxArray).reshape([batch, outHeight, outWidth, filters]);
  return bias ? y.add(bias) : y;
}

/** Pooling by reshape and max; rows and columns that fill no whole window are dropped, as "valid" says. */
function maxPool(
  jax: JaxLibrary,
  layer: MaxPooling2DLayer,
  input: readonly number[],
  output: readonly number[],
  x: JaxArray,
  batch: number,
): JaxArray {
  const [height, width] = input as [number, number, number];
  const [outHeight, outWidth, channels] = output as [number, number, number];
  const [poolHeight, poolWidth] = layer.config.pool_size;
  const usedHeight = outHeight * poolHeight;
  const usedWidth = outWidth * poolWidth;
  const used = usedHeight === height && usedWidth === width ? x : x.slice([], [0, usedHeight], [0, usedWidth], []);
  return jax.numpy.max(used.reshape([batch, outHeight, poolHeight, outWidth, poolWidth, channels]), [2, 4]);
}
