import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CyxwizError } from "@cyxwiz/errors";
import { type ContainerLayout, layoutOf, type PartPlace, type SplitPlace } from "../data/container-layout.ts";
import { decodeHeader, headerEnd, looksLikeSafetensors } from "../data/safetensors.ts";
import { DTYPE_BYTES, type DTypeArrays, viewElements } from "../data/tensor.ts";
import type { StoredTensor, TrainingData, TrainingDType, TrainingSplit } from "../data/training-data.ts";

/** Read at once where rows are asked for one after the other. */
const WINDOW_BYTES = 256 * 1024;

/** A packed data set that stays in its file: memory does not grow with it. */
export interface DatasetFile extends TrainingData {
  readonly layout: ContainerLayout;
  /** The container up to its first tensor. */
  readonly header: Uint8Array;
  /** Size of the file. */
  readonly bytes: number;
  close(): void;
}

/**
 * Opens a packed data set (see `packDataset`) without reading its values, which nobody has checked then; training and
 * `scanDataset` do.
 *
 * @throws CyxwizError `DATA_INVALID` when it cannot be read, or is no such container.
 */
export function openDatasetFile(path: string): DatasetFile {
  const file = open(path);
  try {
    const { size } = fstatSync(file);
    const start = readFully(file, new Uint8Array(Math.min(16, size)), 0, path);
    if (!looksLikeSafetensors(start)) {
      fail(path, "only a packed container (safetensors) can be trained on from a file; smaller data may be CSV, too.");
    }
    const header = readFully(file, new Uint8Array(headerEnd(start, size, path)), 0, path);
    const layout = layoutOf(decodeHeader(header, size, path), path);
    const split = ({ name, samples, features, labels }: SplitPlace): TrainingSplit => ({
      name,
      samples,
      features: new FileTensor(file, features, path) as StoredTensor<"U8"> | StoredTensor<"F32">,
      labels: new FileTensor(file, labels, path) as StoredTensor<"I32"> | StoredTensor<"F32">,
    });
    return {
      layout,
      header,
      bytes: size,
      train: split(layout.train),
      ...(layout.test && { test: split(layout.test) }),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

class FileTensor<T extends TrainingDType> implements StoredTensor<T> {
  readonly dtype: T;
  readonly shape: readonly number[];
  readonly #file: number;
  readonly #path: string;
  readonly #begin: number;
  readonly #elements: number;
  /** What of the tensor lies in `#window`. */
  #from = 0;
  #to = 0;
  /** Where the last read ended. */
  #last = -1;
  #window: Uint8Array;

  constructor(file: number, place: PartPlace & { readonly dtype: T }, path: string) {
    this.dtype = place.dtype;
    this.shape = place.shape;
    this.#file = file;
    this.#path = path;
    this.#begin = place.begin;
    this.#elements = (place.end - place.begin) / DTYPE_BYTES[place.dtype];
    this.#window = new Uint8Array(Math.min(WINDOW_BYTES, place.end - place.begin));
  }

  read(from: number, to: number): DTypeArrays[T] {
    if (from < this.#from || to > this.#to) this.#load(from, to);
    this.#last = to;
    const width = DTYPE_BYTES[this.dtype];
    return viewElements(this.dtype, this.#window.subarray((from - this.#from) * width, (to - this.#from) * width));
  }

  #load(from: number, to: number): void {
    const width = DTYPE_BYTES[this.dtype];
    // One after the other: what comes next is read at once. Here and there: only what is asked for.
    const end = from === this.#last ? Math.min(this.#elements, Math.max(to, from + WINDOW_BYTES / width)) : to;
    const bytes = (end - from) * width;
    if (bytes > this.#window.length) this.#window = new Uint8Array(bytes);
    // A read that fails leaves nothing that could be taken for values.
    this.#from = this.#to = 0;
    readFully(this.#file, this.#window.subarray(0, bytes), this.#begin + from * width, this.#path);
    this.#from = from;
    this.#to = end;
  }
}

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    return fail(path, `it cannot be opened: ${(cause as NodeJS.ErrnoException).code ?? cause}.`, cause);
  }
}

function readFully(file: number, into: Uint8Array, position: number, path: string): Uint8Array {
  for (let done = 0; done < into.length; ) {
    const count = read(file, into, done, position, path);
    if (count === 0) fail(path, `it ends at byte ${position + done}, sooner than when it was opened.`);
    done += count;
  }
  return into;
}

function read(file: number, into: Uint8Array, done: number, position: number, path: string): number {
  try {
    return readSync(file, into, done, into.length - done, position + done);
  } catch (cause) {
    return fail(path, `it cannot be read: ${(cause as NodeJS.ErrnoException).code ?? cause}.`, cause);
  }
}

function fail(source: string, problem: string, cause?: unknown): never {
  throw new CyxwizError("DATA_INVALID", { source, problem }, { cause });
}
