import type { WeightShape } from "../spec/infer-shapes.ts";

/** A weight as the backend holds it. */
export interface BackendWeight {
  readonly data: Float32Array<ArrayBufferLike>;
  readonly shape: readonly number[];
}

/**
 * Puts a weight into the layout that is fast to train: matrices transposed, so that a Dense layer's gradient comes
 * out of its matrix product in the weight's own layout. Everything else stays as it is.
 */
export function toBackendLayout(data: Float32Array<ArrayBufferLike>, weight: WeightShape): BackendWeight {
  const { shape } = weight;
  if (!isMatrix(weight)) return { data, shape };
  const [rows, columns] = shape as readonly [number, number];
  return { data: transpose(data, rows, columns), shape: [columns, rows] };
}

/** Undoes {@link toBackendLayout}. */
export function fromBackendLayout(data: Float32Array<ArrayBuffer>, weight: WeightShape): Float32Array<ArrayBuffer> {
  if (!isMatrix(weight)) return data;
  const [rows, columns] = weight.shape as readonly [number, number];
  return transpose(data, columns, rows);
}

/** A GRU's bias has two rows, and embeddings have many, but nothing is multiplied by them. */
function isMatrix({ name, shape }: WeightShape): boolean {
  return shape.length === 2 && !/\/(bias|embeddings)$/.test(name);
}

function transpose(data: Float32Array<ArrayBufferLike>, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = data[row * columns + column] as number;
    }
  }
  return result;
}
