import { expect, test } from "vitest";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import { checkDataset } from "./check-dataset.ts";
import { openDataset, packDataset, type SplitSource } from "./dataset.ts";
import { encodeSafetensors } from "./safetensors.ts";
import type { Tensor } from "./tensor.ts";

const u8 = (shape: number[], value = 1): Tensor => ({
  dtype: "U8",
  shape,
  data: new Uint8Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});
const f32 = (shape: number[], ...data: number[]): Tensor => ({ dtype: "F32", shape, data: Float32Array.from(data) });
const split = (features: Tensor, labels: Tensor): SplitSource => ({ features, labels });

test("a data set travels as one blob, the same bytes for the same data, images as bytes", () => {
  const train = split(u8([3, 2, 2]), { dtype: "I64", shape: [3], data: BigInt64Array.of(0n, 1n, 2n) });
  const test = split(u8([2, 2, 2]), u8([2, 1]));
  const bytes = packDataset({ train, test });
  expect(packDataset({ test, train })).toEqual(bytes);
  const dataset = openDataset(bytes);
  expect(dataset.train).toMatchObject({
    samples: 3,
    features: { dtype: "U8", shape: [3, 2, 2] },
    labels: { dtype: "I32", shape: [3] },
  });
  expect(dataset.test).toMatchObject({ samples: 2, labels: { shape: [2] } });
  expect(dataset.train.features.data.buffer).toBe(bytes.buffer);
});

test("CSV bytes of stock clients are a training set with the label last", () => {
  const { train, test } = openDataset(new TextEncoder().encode("1,2,0\n3,4,1\n"));
  expect(train).toMatchObject({
    samples: 2,
    features: { shape: [2, 2] },
    labels: { dtype: "I32", data: Int32Array.of(0, 1) },
  });
  expect(test).toBeUndefined();
});

const pack = (features: Tensor, labels: Tensor) => packDataset({ train: split(features, labels) });
test.each([
  ["an empty blob", () => openDataset(new Uint8Array(0)), "dataset: it is empty"],
  ["garbage", () => openDataset(Uint8Array.of(255, 254, 253)), "neither a known binary format nor UTF-8"],
  [
    "no labels",
    () => openDataset(encodeSafetensors(new Map([["train.features", u8([1, 1])]]))),
    '"train.labels" is missing',
  ],
  ["an unknown tensor", () => openDataset(encodeSafetensors(new Map([["x", u8([1])]]))), 'unknown tensor "x"'],
  ["no rows", () => pack(u8([0, 4]), u8([0])), "train.features: it is empty"],
  ["a scalar", () => pack(u8([]), u8([1])), "single number"],
  ["other row counts", () => pack(u8([3, 4]), u8([2])), "train.labels: 2 rows, but train.features has 3"],
  ["NaN", () => pack(f32([2, 2], 1, 2, 3, Number.NaN), u8([2])), "row 1, value 1 is NaN"],
  ["infinity", () => pack(f32([1, 1], Number.POSITIVE_INFINITY), u8([1])), "row 0, value 0 is Infinity"],
  [
    "float64 beyond float32",
    () => pack({ dtype: "F64", shape: [1, 1], data: Float64Array.of(1e300) }, u8([1])),
    "1e+300",
  ],
  ["NaN as a target", () => pack(u8([1, 1]), f32([1], Number.NaN)), "train.labels: row 0"],
  [
    "a label beyond int32",
    () => pack(u8([1, 1]), { dtype: "I64", shape: [1], data: BigInt64Array.of(2n ** 40n) }),
    "too large",
  ],
  ["labels of a strange shape", () => pack(u8([2, 1]), u8([2, 3, 1])), "one number per sample, or one row"],
  [
    "a test set of another shape",
    () => openDataset(packDataset({ train: split(u8([1, 4]), u8([1])), test: split(u8([1, 5]), u8([1])) })),
    "test.features: its samples have the shape [5]",
  ],
])("%s is refused", (_, act, problem) => {
  expect(act).toThrow(problem);
});

const spec = (shape: number[], units: number, loss = "sparse_categorical_crossentropy") =>
  parseTrainingSpec({
    model: {
      class_name: "Sequential",
      config: {
        layers: [
          { class_name: "InputLayer", config: { shape } },
          { class_name: "Flatten", config: {} },
          { class_name: "Dense", config: { units } },
        ],
      },
    },
    training: { optimizer: { class_name: "SGD", config: {} }, loss },
  });
const check = (features: Tensor, labels: Tensor, of: ReturnType<typeof spec>) => () =>
  checkDataset(openDataset(pack(features, labels)), of);

test("samples fit when only dimensions of 1 differ, or one side is flat", () => {
  for (const shape of [[28, 28, 1], [784], [28, 28]]) {
    for (const sample of [[28, 28], [784], [28, 28, 1], [1, 28, 28]])
      check(u8([2, ...sample]), u8([2]), spec(shape, 3))();
  }
  expect(check(u8([2, 3, 8, 8]), u8([2]), spec([8, 8, 3], 3))).toThrow(
    "train.features: samples have the shape [3,8,8]; the model takes [8,8,3]",
  );
  expect(check(u8([2, 27, 28]), u8([2]), spec([784], 3))).toThrow("samples have the shape [27,28]");
});

test("labels must be classes of the model, or targets as wide as its output", () => {
  const input = u8([2, 4]);
  expect(check(input, u8([2], 3), spec([4], 3))).toThrow(
    "train.labels: row 0 has label 3; the model's 3 outputs allow 0 to 2",
  );
  expect(check(input, { dtype: "I32", shape: [2], data: Int32Array.of(0, -1) }, spec([4], 3))).toThrow(
    "row 1 has label -1",
  );
  expect(check(input, f32([2], 0.5, 1), spec([4], 3))).toThrow("needs whole class numbers");
  expect(check(input, f32([2], 0.5, 1), spec([4], 3, "mean_squared_error"))).toThrow(
    "targets have 1 values a row; the model has 3 outputs",
  );
  const probabilities = "categorical_crossentropy";
  check(input, f32([2, 2], 0.5, 0.5, 1, 0), spec([4], 2, probabilities))();
  check(input, u8([2]), spec([4], 2, probabilities))();
  expect(check(input, f32([2, 2], 0.5, 0.5, 1, 1), spec([4], 2, probabilities))).toThrow("row 1 adds up to 2");
  check(input, { dtype: "I32", shape: [2], data: Int32Array.of(70, -5) }, spec([4], 1, "mean_squared_error"))();
});
