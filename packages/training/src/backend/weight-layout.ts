/** A weight as the backend holds it. */
export interface BackendWeight {
  readonly data: Float32Array<ArrayBufferLike>;
  readonly shape: readonly number[];
}

/**
 * Puts a weight into the layout that is fast to train: matrices transposed, so that a Dense layer's gradient comes
 * out of its matrix product in the weight's own layout. Everything else stays as it is.
 */
export function toBackendLayout({ data, shape }: BackendWeight): BackendWeight {
  if (shape.length !== 2) return { data, shape };
  const [rows, columns] = shape as readonly [number, number];
  return { data: transpose(data, rows, columns), shape: [columns, rows] };
}

/** Undoes {@link toBackendLayout}; `shape` is the weight's own. */
export function fromBackendLayout(
  data: Float32Array<ArrayBuffer>,
  shape: readonly number[],
): Float32Array<ArrayBuffer> {
  if (shape.length !== 2) return data;
  const [rows, columns] = shape as readonly [number, number];
  return transpose(data, columns, rows);
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
