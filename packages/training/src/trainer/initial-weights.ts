import { size, type WeightShape } from "../spec/infer-shapes.ts";
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
export function initialWeight(weight: WeightShape, seed: number, index: number): Float32Array<ArrayBuffer> {
  const { shape, initializer } = weight;
  const data = new Float32Array(size(shape));
  const random = new Philox(seed, PURPOSE.initialWeights, index);
  switch (initializer) {
    case "zeros":
      return data;
    case "ones":
      return data.fill(1);
    case "forget_gate_ones":
      return data.fill(1, data.length / 4, data.length / 2);
    case "random_uniform":
      return fillUniform(data, random, 0.05);
    case "random_normal":
      return data.map(() => random.normal() * 0.05);
    case "orthogonal":
      return orthogonal(data, shape, random);
    default: {
      const variance = scale(initializer, weight);
      if (initializer.endsWith("_uniform")) return fillUniform(data, random, Math.sqrt(3 * variance));
      const deviation = Math.sqrt(variance) / TRUNCATED_DEVIATION;
      for (let at = 0; at < data.length; at++) data[at] = truncatedNormal(random) * deviation;
      return data;
    }
  }
}

function fillUniform(data: Float32Array<ArrayBuffer>, random: Philox, limit: number): Float32Array<ArrayBuffer> {
  for (let at = 0; at < data.length; at++) data[at] = (2 * random.uniform() - 1) * limit;
  return data;
}

/** Rows or columns, whichever are fewer, at right angles and of length 1: Gram–Schmidt on random ones, in float64. */
function orthogonal(data: Float32Array<ArrayBuffer>, shape: readonly number[], random: Philox) {
  const columns = shape.at(-1) as number;
  const rows = data.length / columns;
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let at = 0; at < count; at++) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (const other of vectors) {
      const share = dot(vector, other);
      for (let index = 0; index < length; index++) (vector[index] as number) -= share * (other[index] as number);
    }
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  for (const [at, vector] of vectors.entries()) {
    for (const [index, value] of vector.entries()) {
      data[rows < columns ? at * columns + index : index * columns + at] = value;
    }
  }
  return data;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

function truncatedNormal(random: Philox): number {
  for (;;) {
    const value = random.normal();
    if (value >= -2 && value <= 2) return value;
  }
}

function scale(initializer: string, { shape, fans }: WeightShape): number {
  const receptive = size(shape.slice(0, -2));
  const fanIn = fans?.[0] ?? (shape.length === 1 ? (shape[0] as number) : receptive * (shape.at(-2) as number));
  const fanOut = fans?.[1] ?? (shape.length === 1 ? (shape[0] as number) : receptive * (shape.at(-1) as number));
  if (initializer.startsWith("glorot")) return 2 / (fanIn + fanOut);
  return (initializer.startsWith("he") ? 2 : 1) / fanIn;
}
