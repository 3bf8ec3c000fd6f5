import type { Features, Labels } from "./dataset.ts";
import { DTYPE_BYTES, type DTypeArrays, type TensorOf } from "./tensor.ts";

/** Element types of what is trained on. */
export type TrainingDType = "U8" | "I32" | "F32";

/** A tensor that lies elsewhere than in memory, e.g. in a file, and is read in parts. */
export interface StoredTensor<T extends TrainingDType> {
  readonly dtype: T;
  readonly shape: readonly number[];
  /** The elements from `from` to before `to`, counted through the whole tensor. Valid until the next call. */
  read(from: number, to: number): DTypeArrays[T];
}

/** Samples and their labels, in memory or not. */
export interface TrainingSplit {
  /** What errors call it, e.g. `train`. */
  readonly name: string;
  readonly samples: number;
  readonly features: Features | StoredTensor<"U8"> | StoredTensor<"F32">;
  readonly labels: Labels | StoredTensor<"I32"> | StoredTensor<"F32">;
}

/** What can be trained on: a `Dataset`, or one that is not in memory. */
export interface TrainingData {
  readonly train: TrainingSplit;
  readonly test?: TrainingSplit;
}

type AnyTensor<T extends TrainingDType> = TensorOf<T> | StoredTensor<T>;

/** How many elements a row has. */
export function rowWidth({ shape }: { readonly shape: readonly number[] }): number {
  return shape.slice(1).reduce((product, length) => product * length, 1);
}

/** Gives the rows of a tensor by their numbers; each is valid until the next. */
export function rowsOf<T extends TrainingDType>(tensor: AnyTensor<T>): (row: number) => DTypeArrays[T] {
  const width = rowWidth(tensor);
  if ("data" in tensor) {
    const { data } = tensor;
    return (row) => data.subarray(row * width, (row + 1) * width) as DTypeArrays[T];
  }
  return (row) => tensor.read(row * width, (row + 1) * width);
}

const PIECE_BYTES = 1024 * 1024;

/** How many rows make a piece of about a mebibyte. */
export function rowsPerPiece(tensor: { readonly dtype: TrainingDType; readonly shape: readonly number[] }): number {
  return Math.max(1, Math.floor(PIECE_BYTES / (rowWidth(tensor) * DTYPE_BYTES[tensor.dtype])));
}

/** All elements in order, with the number of the first: in one piece where they are in memory, else in whole rows. */
export function* piecesOf<T extends TrainingDType>(
  tensor: AnyTensor<T>,
): Generator<{ readonly first: number; readonly values: DTypeArrays[T] }> {
  if ("data" in tensor) {
    yield { first: 0, values: tensor.data };
    return;
  }
  const step = rowsPerPiece(tensor) * rowWidth(tensor);
  const total = (tensor.shape[0] as number) * rowWidth(tensor);
  for (let first = 0; first < total; first += step) {
    yield { first, values: tensor.read(first, Math.min(first + step, total)) };
  }
}
