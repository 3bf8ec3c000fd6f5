import type { Conv2DLayer, MaxPooling2DLayer } from "../spec/types.ts";
import type { JaxArray, JaxLibrary } from "./load-jax.ts";

/**
 * Convolution as one matrix product for each place in the kernel, on shifted views of the padded input: matmul is
 * the one fast path of the library (its own convolution is thirty times slower). With a single channel there is
 * nothing to sum over, and plain products, which fuse into one pass, are faster still.
 */
export function convolve(
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
  const channels = input[2] as number;
  const [outHeight, outWidth, filters] = output as [number, number, number];
  const [rows, columns] = layer.config.kernel_size;
  const { shifted, dispose } = shiftedViews(jax, layer, input, output, x, batch);
  let sum: JaxArray | undefined;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const weight = kernel.ref.slice(row, column);
      const view = shifted(row, column);
      const part =
        channels === 1 ? view.mul(weight) : np.matmul(view.reshape([batch * outHeight * outWidth, channels]), weight);
      sum = sum ? sum.add(part) : part;
    }
  }
  dispose();
  kernel.dispose();
  const y = (sum as JaxArray).reshape([batch, outHeight, outWidth, filters]);
  return bias ? y.add(bias) : y;
}

/** What each place in the kernel sees of the padded input, `[batch, outHeight, outWidth, channels]`. */
function shiftedViews(
  jax: JaxLibrary,
  { config }: Conv2DLayer,
  input: readonly number[],
  output: readonly number[],
  x: JaxArray,
  batch: number,
) {
  const channels = input[2] as number;
  const [rows, columns] = [0, 1].map((axis) => {
    const step = config.strides[axis] as number;
    const kernel = config.kernel_size[axis] as number;
    const length = input[axis] as number;
    const out = output[axis] as number;
    // As TensorFlow pads: evenly, and what is left over after.
    const pad = config.padding === "same" ? Math.max(0, (out - 1) * step + kernel - length) : 0;
    const before = Math.floor(pad / 2);
    // A step above 1 takes every step-th place, which a view can only by grouping: whole groups are needed.
    const groups = out + Math.floor((kernel - 1) / step);
    const used = step === 1 ? length + pad : groups * step;
    return { step, out, groups, length, before, after: Math.max(0, used - length - before), used };
  }) as [Axis, Axis];
  const padding = [rows, columns].map(({ before, after }) => [before, after] as [number, number]);
  let padded = padding.some(([before, after]) => before + after > 0)
    ? jax.numpy.pad(x, [[0, 0], ...padding, [0, 0]])
    : x;
  const tooLong = [rows, columns].some(({ before, length, after, used }) => before + length + after > used);
  if (tooLong) padded = padded.slice([], [0, rows.used], [0, columns.used], []);
  const plain = rows.step === 1 && columns.step === 1;
  const grouped = plain
    ? padded
    : padded.reshape([batch, rows.groups, rows.step, columns.groups, columns.step, channels]);
  const shifted = (row: number, column: number): JaxArray => {
    if (plain) return grouped.ref.slice([], [row, row + rows.out], [column, column + columns.out], []);
    const [firstRow, firstColumn] = [Math.floor(row / rows.step), Math.floor(column / columns.step)];
    return grouped.ref.slice(
      [],
      [firstRow, firstRow + rows.out],
      row % rows.step,
      [firstColumn, firstColumn + columns.out],
      column % columns.step,
      [],
    );
  };
  return { shifted, dispose: () => grouped.dispose() };
}

/** One axis of a convolution: how it is padded, cut and grouped. */
interface Axis {
  readonly step: number;
  readonly out: number;
  readonly groups: number;
  readonly length: number;
  readonly before: number;
  readonly after: number;
  readonly used: number;
}

/** Pooling by reshape and max; rows and columns that fill no whole window are dropped, as "valid" says. */
export function maxPool(
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
