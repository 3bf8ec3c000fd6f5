import { CyxwizError } from "@cyxwiz/errors";
import { readCsv } from "./csv.ts";
import { decodeSafetensors, encodeSafetensors, looksLikeSafetensors } from "./safetensors.ts";
import type { Tensor, TensorOf, Tensors } from "./tensor.ts";

/** Inputs: bytes as they are (images 0–255) or float32. First dimension = samples. */
export type Features = TensorOf<"U8"> | TensorOf<"F32">;
/** Class numbers (`I32`, one per sample, or a row of them for each step of a sequence) or float32 targets (one row per sample). */
export type Labels = TensorOf<"I32"> | TensorOf<"F32">;

/** Samples and their labels, row by row. */
export interface Split {
  /** What errors call it, e.g. `train`. */
  readonly name: string;
  readonly samples: number;
  readonly features: Features;
  readonly labels: Labels;
}

/** Training data and, where there are any, test data. */
export interface Dataset {
  readonly train: Split;
  readonly test?: Split;
}

/** Tensors to pack: features and labels of any numeric type, first dimension = samples. */
export interface SplitSource {
  readonly features: Tensor;
  readonly labels: Tensor;
}

/** What the header of a packed data set says beside its tensors. */
export const CONTAINER_METADATA = { format: "cyxwiz.dataset.v1" } as const;

/**
 * Packs splits into the one blob that travels to a node: safetensors with `train.features`, `train.labels` and,
 * when there is a test set, `test.features` and `test.labels`. The same data gives the same bytes.
 *
 * @throws CyxwizError `DATA_INVALID` for rows that do not match, empty data, NaN, or values that do not fit.
 */
export function packDataset(sources: {
  readonly train: SplitSource;
  readonly test?: SplitSource;
}): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  for (const [name, source] of Object.entries(sources)) {
    if (source === undefined) continue;
    const split = makeSplit(name, source);
    tensors.set(`${name}.features`, split.features);
    tensors.set(`${name}.labels`, split.labels);
  }
  return encodeSafetensors(tensors, CONTAINER_METADATA);
}

/**
 * Opens a packed data set, or the bytes of a CSV file whose last column is the label (then there is no test set).
 *
 * @throws CyxwizError `DATA_INVALID`
 */
export function openDataset(bytes: Uint8Array): Dataset {
  if (bytes.length === 0) fail("dataset", "it is empty.");
  if (!looksLikeSafetensors(bytes)) return { train: makeSplit("train", readCsv(bytes, "dataset")) };
  const { tensors } = decodeSafetensors(bytes, "dataset");
  const known = ["train.features", "train.labels", "test.features", "test.labels"];
  for (const name of tensors.keys()) {
    if (!known.includes(name)) fail("dataset", `unknown tensor "${name}". Known: ${known.join(", ")}.`);
  }
  const train = takeSplit(tensors, "train");
  const test = tensors.has("test.features") || tensors.has("test.labels") ? takeSplit(tensors, "test") : undefined;
  if (test && String(test.features.shape.slice(1)) !== String(train.features.shape.slice(1))) {
    const shapes = `[${test.features.shape.slice(1)}], those of train [${train.features.shape.slice(1)}]`;
    fail("test.features", `its samples have the shape ${shapes}.`);
  }
  return test ? { train, test } : { train };
}

function takeSplit(tensors: Tensors, name: string): Split {
  const part = (key: string) => tensors.get(key) ?? fail("dataset", `tensor "${key}" is missing.`);
  return makeSplit(name, { features: part(`${name}.features`), labels: part(`${name}.labels`) });
}

function makeSplit(name: string, source: SplitSource): Split {
  const features = toFeatures(source.features, `${name}.features`);
  const labels = toLabels(source.labels, `${name}.labels`);
  const samples = features.shape[0] as number;
  const rows = labels.shape[0] as number;
  if (rows !== samples) fail(`${name}.labels`, `${rows} rows, but ${name}.features has ${samples}.`);
  return { name, samples, features, labels };
}

function toFeatures(tensor: Tensor, source: string): Features {
  checkRows(tensor, source);
  if (tensor.dtype === "U8") return tensor;
  return toFloat32(tensor, source);
}

function toLabels(tensor: Tensor, source: string): Labels {
  checkRows(tensor, source);
  const { shape } = tensor;
  if (tensor.dtype === "F32" || tensor.dtype === "F64") {
    if (shape.length > 2) fail(source, `targets have the shape [${shape}]; one row per sample was expected.`);
    return toFloat32(tensor, source);
  }
  if (shape.length > 2) {
    fail(source, `class numbers have the shape [${shape}]; one number per sample, or one row, was expected.`);
  }
  const flat = shape.length === 2 && shape[1] === 1 ? [shape[0] as number] : shape;
  if (tensor.dtype === "I32") return { dtype: "I32", shape: flat, data: tensor.data };
  const data = new Int32Array(tensor.data.length);
  for (let row = 0; row < data.length; row++) {
    const value = tensor.data[row] as number | bigint;
    data[row] = Number(value);
    if (BigInt(data[row] as number) !== BigInt(value)) {
      const width = data.length / (shape[0] as number);
      fail(source, `row ${Math.floor(row / width)} has ${value}, too large for a class.`);
    }
  }
  return { dtype: "I32", shape: flat, data };
}

function toFloat32(tensor: Tensor, source: string): TensorOf<"F32"> {
  const { data, shape } = tensor;
  const floats = tensor.dtype === "F32" ? tensor.data : Float32Array.from(data as ArrayLike<number | bigint>, Number);
  const width = floats.length / (shape[0] as number);
  for (let index = 0; index < floats.length; index++) {
    if (!Number.isFinite(floats[index])) {
      const place = `row ${Math.floor(index / width)}, value ${index % width}`;
      fail(source, `${place} is ${data[index]}; every value must be a finite float32.`);
    }
  }
  return { dtype: "F32", shape, data: floats };
}

function checkRows(tensor: Tensor, source: string): void {
  if (tensor.shape.length === 0) fail(source, "it is a single number; one row per sample was expected.");
  if (tensor.data.length === 0) fail(source, "it is empty.");
}

function fail(source: string, problem: string): never {
  throw new CyxwizError("DATA_INVALID", { source, problem });
}
