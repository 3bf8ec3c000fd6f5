import { size, type WeightShape } from "../spec/infer-shapes.ts";
import type { InitializerName } from "../spec/types.ts";
import { Philox } from "./philox.ts";
import { PURPOSE } from "./purposes.ts";

/** Variance of a normal distribution cut off at two standard deviations is this squared. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

/**
 * Draws one weight tensor on the host, with the variances of Keras' initialisers: exact arithmetic only, so that
 * every engine draws the same bits.
 *
 * @param index the tensor's place among the model's weights; each has its own random sequence.
 */
export function initialWeight(
  { shape }: WeightShape,
  initializer: InitializerName,
  seed: number,
  index: number,
): Float32Array<ArrayBuffer> {
  const data = new Float32Array(size(shape));
  if (initializer === "zeros") return data;
  if (initializer === "ones") return data.fill(1);
  const random = new Philox(seed, PURPOSE.initialWeights, index);
  const variance = scale(initializer, shape);
  if (initializer.endsWith("_uniform")) {
    const limit = Math.sqrt(3 * variance);
    for (let at = 0; at < data.length; at++) data[at] = (2 * random.uniform() - 1) * limit;
  } else {
    const deviation = Math.sqrt(variance) / TRUNCATED_DEVIATION;
    for (let at = 0; at < data.length; at++) data[at] = truncatedNormal(random) * deviation;
  }
  return data;
}

function truncatedNormal(random: Philox): number {
  for (;;) {
    const value = random.normal();
    if (value >= -2 && value <= 2) return value;
  }
}

function scale(initializer: InitializerName, shape: readonly number[]): number {
  const receptive = size(shape.slice(0, -2));
  const fanIn = shape.length === 1 ? (shape[0] as number) : receptive * (shape.at(-2) as number);
  const fanOut = shape.length === 1 ? (shape[0] as number) : receptive * (shape.at(-1) as number);
  if (initializer.startsWith("glorot")) return 2 / (fanIn + fanOut);
  return (initializer.startsWith("he") ? 2 : 1) / fanIn;
}
