import { isCyxwizError } from "@cyxwiz/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateWork } from "./estimate-work.ts";
import { inferShapes } from "./infer-shapes.ts";
import { parseTrainingSpec } from "./parse-spec.ts";

const input = (...shape: number[]) => ({ class_name: "InputLayer", config: { batch_shape: [null, ...shape] } });
const layer = (class_name: string, config: object = {}) => ({ class_name, config });
const softmax = layer("Dense", { units: 10, activation: "softmax" });
const adam = { class_name: "Adam", config: {} };
const cross = "sparse_categorical_crossentropy";
const specOf = (layers: readonly unknown[], training: object = {}) => ({
  model: { class_name: "Sequential", config: { layers } },
  training: { optimizer: adam, loss: cross, ...training },
});

test("defaults are filled in, Keras' names given, and parsing again changes nothing", () => {
  const spec = parseTrainingSpec(specOf([input(784), layer("Dense", { units: 32 }), softmax]));
  expect(spec.training).toEqual({
    optimizer: { class_name: "Adam", config: { learning_rate: 0.001, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 } },
    loss: cross,
    batch_size: 32,
    epochs: 1,
    seed: 0,
    shuffle: true,
    metrics: ["accuracy"],
  });
  expect(spec.model.config.layers.map(({ config }) => config.name)).toEqual(["input_layer", "dense", "dense_1"]);
  expect(parseTrainingSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
});

test("a model as Keras 3 exports it is read", () => {
  const dtype = { module: "keras", class_name: "DTypePolicy", config: { name: "float32" }, registered_name: null };
  const keras = (class_name: string, config: object) => ({
    module: "keras.layers",
    class_name,
    config: { trainable: true, dtype, ...config },
    registered_name: null,
    build_config: { input_shape: [null, 784] },
  });
  const weights = {
    kernel_initializer: {
      module: "keras.initializers",
      class_name: "GlorotUniform",
      config: { seed: null },
      registered_name: null,
    },
    bias_initializer: { module: "keras.initializers", class_name: "Zeros", config: {}, registered_name: null },
    kernel_regularizer: null,
    bias_regularizer: null,
    kernel_constraint: null,
    bias_constraint: null,
  };
  const model = {
    module: "keras",
    class_name: "Sequential",
    registered_name: null,
    build_config: { input_shape: [null, 28, 28, 1] },
    config: {
      name: "sequential",
      trainable: true,
      dtype,
      build_input_shape: [null, 28, 28, 1],
      layers: [
        {
          module: "keras.layers",
          class_name: "InputLayer",
          config: { batch_shape: [null, 28, 28, 1], dtype: "float32", sparse: false, ragged: false, name: "in" },
          registered_name: null,
        },
        keras("Conv2D", {
          name: "conv2d",
          filters: 8,
          kernel_size: [3, 3],
          strides: [1, 1],
          padding: "same",
          data_format: "channels_last",
          dilation_rate: [1, 1],
          groups: 1,
          activation: "relu",
          use_bias: true,
          activity_regularizer: null,
          ...weights,
        }),
        keras("MaxPooling2D", {
          name: "pool",
          pool_size: [2, 2],
          padding: "valid",
          strides: [2, 2],
          data_format: "channels_last",
        }),
        keras("Flatten", { name: "flatten", data_format: "channels_last" }),
        keras("Dropout", { name: "dropout", rate: 0.5, seed: null, noise_shape: null }),
        keras("Dense", { name: "dense", units: 10, activation: "softmax", use_bias: true, ...weights }),
      ],
    },
  };
  const spec = parseTrainingSpec({ model, training: { optimizer: adam, loss: cross } });
  const shapes = inferShapes(spec.model);
  expect(shapes.layers.map(({ output }) => output)).toEqual([
    [28, 28, 1],
    [28, 28, 8],
    [14, 14, 8],
    [1568],
    [1568],
    [10],
  ]);
  expect(shapes.weights.map(({ name }) => name)).toEqual([
    "conv2d/kernel",
    "conv2d/bias",
    "dense/kernel",
    "dense/bias",
  ]);
  expect(shapes.parameters).toBe(3 * 3 * 8 + 8 + 1568 * 10 + 10);
});

test("work is counted: parameters, operations, memory", () => {
  const spec = parseTrainingSpec(
    specOf([input(784), layer("Dense", { units: 256, activation: "relu" }), softmax], { epochs: 2 }),
  );
  const work = estimateWork({ spec, trainSamples: 60_000, testSamples: 10_000 });
  expect(work.parameters).toBe(203_530);
  const forward = 256n * (2n * 784n + 1n) + 10n * (2n * 256n + 1n);
  expect(work.flops).toBe(2n * (forward * 190_000n + 12n * 203_530n * 1875n));
  expect(work.memoryBytes).toBeGreaterThan(70_000 * 784 * 4);
});

const conv = layer("Conv2D", { filters: 4, kernel_size: 3 });
const BAD: readonly [string, unknown, string][] = [
  ["not an object", 7, "spec"],
  ["an unknown key", { ...specOf([input(4), softmax]), modle: 1 }, "spec.modle"],
  ["a functional model", { model: { class_name: "Functional", config: {} }, training: {} }, "model.class_name"],
  ["no layers", specOf([]), "model.config.layers"],
  ["too many layers", specOf([input(4), ...Array(99).fill(layer("Flatten")), softmax]), "101 layers; the limit is 100"],
  ["no input", specOf([softmax]), "model.config.layers[0]: the first layer must be an InputLayer"],
  ["a second input", specOf([input(4), input(4), softmax]), "model.config.layers[1]"],
  ["nothing to train", specOf([input(4), layer("Flatten")]), "nothing to train"],
  [
    "an unknown layer",
    specOf([input(4), layer("LSTM"), softmax]),
    'model.config.layers[1].class_name: unknown layer "LSTM". Known: InputLayer,',
  ],
  ["an inherited name as layer", specOf([input(4), layer("toString"), softmax]), "layers[1].class_name"],
  [
    "an unknown parameter",
    specOf([input(4), layer("Dense", { unit: 3 })]),
    "model.config.layers[1].config.units: expected a whole number from 1",
  ],
  [
    "a parameter too many",
    specOf([input(4), layer("Dense", { units: 3, rank: 1 })]),
    "layers[1].config.rank: unknown parameter. Known here:",
  ],
  ["no units", specOf([input(4), layer("Dense", { units: 0 })]), "got 0"],
  ["fractional units", specOf([input(4), layer("Dense", { units: 2.5 })]), "got 2.5"],
  ["units as text", specOf([input(4), layer("Dense", { units: "10" })]), 'got "10"'],
  ["huge units", specOf([input(4), layer("Dense", { units: 1e9 })]), "to 1048576, got 1000000000"],
  [
    "too many parameters",
    specOf([input(100_000), layer("Dense", { units: 1000 }), softmax]),
    "more than 50000000 parameters",
  ],
  [
    "an unknown activation",
    specOf([input(4), layer("Dense", { units: 4, activation: "relu7" })]),
    "expected one of linear, relu",
  ],
  [
    "an unknown initializer",
    specOf([input(4), layer("Dense", { units: 4, kernel_initializer: "orthogonal" })]),
    "kernel_initializer",
  ],
  [
    "a regularizer",
    specOf([input(4), layer("Dense", { units: 4, kernel_regularizer: { l2: 1 } })]),
    "only null is supported",
  ],
  ["a frozen layer", specOf([input(4), layer("Dense", { units: 4, trainable: false })]), "config.trainable"],
  ["an input of no size", specOf([input(0), softmax]), "batch_shape"],
  ["an input without sizes", specOf([input(), softmax]), "batch_shape"],
  ["a fixed batch", specOf([{ class_name: "InputLayer", config: { batch_shape: [32, 4] } }, softmax]), "batch_shape"],
  ["Dense on an image", specOf([input(8, 8, 1), softmax]), "Put a Flatten before it"],
  [
    "Conv2D after Flatten",
    specOf([input(8, 8, 1), layer("Flatten"), conv, softmax]),
    "layers[2]: Conv2D takes images of shape [height, width, channels], but gets shape [64]",
  ],
  [
    "a kernel larger than the image",
    specOf([input(2, 2, 1), conv, layer("Flatten"), softmax]),
    "layers[1].config.kernel_size",
  ],
  [
    "pooling larger than the image",
    specOf([input(4, 4, 1), conv, layer("MaxPooling2D", { pool_size: 3 }), layer("Flatten"), softmax]),
    "layers[2].config.pool_size: [3,3] is larger than its input of 2×2",
  ],
  [
    "strides",
    specOf([input(8, 8, 1), layer("Conv2D", { filters: 4, kernel_size: 3, strides: 2 })]),
    "only 1 or [1,1] is supported, got 2",
  ],
  [
    "overlapping pools",
    specOf([input(8, 8, 1), layer("MaxPooling2D", { pool_size: 3, strides: 2 })]),
    "config.strides",
  ],
  [
    "channels first",
    specOf([input(1, 8, 8), layer("Conv2D", { filters: 4, kernel_size: 3, data_format: "channels_first" })]),
    "data_format",
  ],
  ["a dropout of everything", specOf([input(4), layer("Dropout", { rate: 1 }), softmax]), "from 0 below 1, got 1"],
  ["an output that is no row", specOf([input(8, 8, 1), conv]), "the output must be flat"],
  ["one output for classes", specOf([input(4), layer("Dense", { units: 1 })]), "needs at least 2 output units"],
  [
    "relu before cross-entropy",
    specOf([input(4), layer("Dense", { units: 4, activation: "relu" })]),
    "needs a last layer with softmax or linear",
  ],
  [
    "a name twice",
    specOf([input(4), layer("Dense", { units: 4, name: "a" }), layer("Dense", { units: 4, name: "a" })]),
    "used twice",
  ],
  ["a name with a slash", specOf([input(4), layer("Dense", { units: 4, name: "a/b" })]), "config.name"],
  [
    "an unknown optimizer",
    specOf([input(4), softmax], { optimizer: { class_name: "Lion", config: {} } }),
    "training.optimizer.class_name: expected one of SGD, Adam",
  ],
  [
    "an optimizer's unknown parameter",
    specOf([input(4), softmax], { optimizer: { class_name: "SGD", config: { beta_1: 1 } } }),
    "training.optimizer.config.beta_1",
  ],
  [
    "a learning rate of 0",
    specOf([input(4), softmax], { optimizer: { class_name: "SGD", config: { learning_rate: 0 } } }),
    "above 0",
  ],
  ["an unknown loss", specOf([input(4), softmax], { loss: "hinge" }), "training.loss: expected one of"],
  [
    "accuracy of a regression",
    specOf([input(4), softmax], { loss: "mean_squared_error", metrics: ["accuracy"] }),
    "training.metrics",
  ],
  ["a batch of 0", specOf([input(4), softmax], { batch_size: 0 }), "training.batch_size"],
  ["a huge batch", specOf([input(4), softmax], { batch_size: 1e6 }), "to 65536"],
  ["no epochs", specOf([input(4), softmax], { epochs: 0 }), "training.epochs"],
  ["a negative seed", specOf([input(4), softmax], { seed: -1 }), "training.seed"],
  ["a seed beyond 2^53", specOf([input(4), softmax], { seed: 2 ** 53 }), "training.seed"],
  [
    "more memory than there is",
    specOf([input(512, 512, 4), conv, layer("Flatten"), layer("Dense", { units: 2 })], { batch_size: 65_536 }),
    "MiB; the limit is 3072 MiB",
  ],
];

test.each(BAD)("%s is refused, saying where", (_, json, message) => {
  const parse = () => parseTrainingSpec(json);
  expect(parse).toThrow(message);
  expect(parse).toThrow(expect.toSatisfy((error) => isCyxwizError(error, "MODEL_INVALID")));
});

test("what the job says fills gaps and must not contradict", () => {
  const json = specOf([input(4), softmax]);
  expect(parseTrainingSpec(json, { batchSize: 64, epochs: 5, seed: 9 }).training).toMatchObject({
    batch_size: 64,
    epochs: 5,
    seed: 9,
  });
  const own = specOf([input(4), softmax], { epochs: 3 });
  expect(parseTrainingSpec(own, { epochs: 3 }).training.epochs).toBe(3);
  expect(() => parseTrainingSpec(own, { epochs: 5 })).toThrow(
    "training.epochs: 3 contradicts the job's own epochs of 5",
  );
});

test("whatever JSON comes, the answer is a spec or MODEL_INVALID", () => {
  const wild = fc.jsonValue({ maxDepth: 4 });
  const near = fc.record({
    class_name: fc.constantFrom("Dense", "Conv2D", "Flatten", "MaxPooling2D", "Dropout"),
    config: wild,
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(near, wild), { maxLength: 4 }), wild, (layers, training) => {
      try {
        parseTrainingSpec({ ...specOf([input(8, 8, 1), ...layers]), training });
      } catch (error) {
        expect(isCyxwizError(error, "MODEL_INVALID"), String(error)).toBe(true);
      }
    }),
    { seed: 11, numRuns: 500 },
  );
});
