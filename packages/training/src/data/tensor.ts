/** Element types that travel in our containers, with their safetensors names. */
export const DTYPE_BYTES = { U8: 1, I32: 4, I64: 8, F32: 4, F64: 8 } as const;
/** Element types, named as in safetensors. */
export type DType = keyof typeof DTYPE_BYTES;

/** What holds the elements of each {@link DType}. */
export interface DTypeArrays {
  readonly U8: Uint8Array;
  readonly I32: Int32Array;
  readonly I64: BigInt64Array;
  readonly F32: Float32Array;
  readonly F64: Float64Array;
}

/** A tensor of one element type, row major. */
export interface TensorOf<T extends DType> {
  readonly dtype: T;
  readonly shape: readonly number[];
  readonly data: DTypeArrays[T];
}

/** A tensor of any element type; narrow on `dtype`. */
export type Tensor = { [T in DType]: TensorOf<T> }[DType];

/** Tensors by name. */
export type Tensors = ReadonlyMap<string, Tensor>;

const CONSTRUCTORS = {
  U8: Uint8Array,
  I32: Int32Array,
  I64: BigInt64Array,
  F32: Float32Array,
  F64: Float64Array,
} as const;

/** Views little-endian bytes as elements; copies only when they are not aligned for that. */
export function viewElements<T extends DType>(dtype: T, bytes: Uint8Array): DTypeArrays[T] {
  const width = DTYPE_BYTES[dtype];
  // A Buffer's own `slice` would copy nothing.
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  const Elements = CONSTRUCTORS[dtype] as unknown as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => DTypeArrays[T];
  return new Elements(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
}

/** The bytes of a tensor's elements, not copied. */
export function elementBytes(tensor: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = tensor.data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
