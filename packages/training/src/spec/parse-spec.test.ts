import { isCyxwizError } from "@cyxwiz/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateWork } from "./estimate-work.ts";
import { inferShapes } from "./infer-shapes.ts";
import { LAYER_NAMES } from "./parse-layer.ts";
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

test("what steers a run is read as Keras writes it, and as plain lists", () => {
  const keras = (class_name: string, config: object) => ({
    module: "keras.optimizers.schedules",
    class_name,
    config: { name: class_name, ...config },
    registered_name: null,
  });
  const cosine = keras("CosineDecay", {
    initial_learning_rate: 0.1,
    decay_steps: 100,
    alpha: 0,
    warmup_target: null,
    warmup_steps: 0,
  });
  const warm = { class_name: "LinearWarmup", config: { warmup_steps: 10, learning_rate: cosine } };
  const spec = parseTrainingSpec(
    specOf([input(4), softmax], {
      optimizer: { class_name: "AdamW", config: { learning_rate: warm } },
      class_weight: { 3: 2.5 },
      validation_split: 0.1,
      early_stopping: { patience: 4, mode: "auto" },
    }),
  );
  expect(spec.training).toMatchObject({
    optimizer: {
      class_name: "AdamW",
      config: {
        learning_rate: {
          config: { learning_rate: { config: { initial_learning_rate: 0.1, decay_steps: 100, alpha: 0 } } },
        },
        weight_decay: 0.004,
      },
    },
    class_weight: [1, 1, 1, 2.5, 1, 1, 1, 1, 1, 1],
    validation_split: 0.1,
    early_stopping: { monitor: "val_loss", min_delta: 0, patience: 4, restore_best_weights: false },
  });
  expect(parseTrainingSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  const off = specOf([input(4), softmax], { validation_split: 0, class_weight: null, early_stopping: null });
  expect(parseTrainingSpec(off)).toEqual(parseTrainingSpec(specOf([input(4), softmax])));
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

test("normalisation, embedding and recurrence as Keras 3 exports them are read", () => {
  const none = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, null]));
  const initializer = (class_name: string, config: object = {}) => ({
    module: "keras.initializers",
    class_name,
    config,
    registered_name: null,
  });
  const constraints = (...names: string[]) =>
    none(...names.flatMap((name) => [`${name}_regularizer`, `${name}_constraint`]));
  const layers = [
    { class_name: "InputLayer", config: { batch_shape: [null, 12], dtype: "float32", sparse: false, ragged: false } },
    layer("Embedding", {
      name: "embedding",
      trainable: true,
      input_dim: 50,
      output_dim: 8,
      embeddings_initializer: initializer("RandomUniform", { seed: null, minval: -0.05, maxval: 0.05 }),
      ...constraints("embeddings"),
      activity_regularizer: null,
      mask_zero: false,
    }),
    layer("LayerNormalization", {
      axis: [-1],
      epsilon: 0.001,
      center: true,
      scale: true,
      beta_initializer: initializer("Zeros"),
      gamma_initializer: initializer("Ones"),
      ...constraints("beta", "gamma"),
    }),
    layer("GRU", {
      name: "gru",
      return_sequences: false,
      return_state: false,
      go_backwards: false,
      stateful: false,
      unroll: false,
      zero_output_for_mask: false,
      units: 6,
      activation: "tanh",
      recurrent_activation: "sigmoid",
      use_bias: true,
      kernel_initializer: initializer("GlorotUniform", { seed: null }),
      recurrent_initializer: initializer("Orthogonal", { seed: null, gain: 1 }),
      bias_initializer: initializer("Zeros"),
      ...constraints("kernel", "recurrent", "bias"),
      activity_regularizer: null,
      dropout: 0,
      recurrent_dropout: 0,
      reset_after: true,
      seed: null,
    }),
    layer("BatchNormalization", {
      axis: -1,
      momentum: 0.99,
      epsilon: 0.001,
      center: true,
      scale: true,
      beta_initializer: initializer("Zeros"),
      gamma_initializer: initializer("Ones"),
      moving_mean_initializer: initializer("Zeros"),
      moving_variance_initializer: initializer("Ones"),
      ...constraints("beta", "gamma"),
      synchronized: false,
    }),
    softmax,
  ];
  const bare = [
    input(12),
    layer("Embedding", { input_dim: 50, output_dim: 8 }),
    layer("LayerNormalization"),
    layer("GRU", { units: 6 }),
    layer("BatchNormalization"),
    softmax,
  ];
  expect(parseTrainingSpec(specOf(layers))).toEqual(parseTrainingSpec(specOf(bare)));
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

test("parameters of the newer layers are those of Keras, statistics included", () => {
  const parameters = (shape: readonly number[], ...layers: object[]) => {
    const dense = [layer("Flatten"), softmax];
    const { model } = parseTrainingSpec(specOf([input(...shape), ...layers, ...dense]));
    const shapes = inferShapes(model);
    return shapes.parameters - (shapes.layers.at(-1)?.input[0] as number) * 10 - 10;
  };
  expect(parameters([7, 32], layer("LSTM", { units: 64 }))).toBe(4 * 64 * (32 + 64 + 1));
  expect(parameters([7, 32], layer("GRU", { units: 64 }))).toBe(3 * 64 * (32 + 64 + 2));
  expect(parameters([7, 64], layer("MultiHeadAttention", { num_heads: 4, key_dim: 16 }))).toBe(4 * (64 * 64 + 64));
  expect(parameters([8, 8, 6], layer("BatchNormalization"))).toBe(4 * 6);
  expect(parameters([8, 6], layer("LayerNormalization", { center: false }))).toBe(6);
  expect(parameters([7], layer("Embedding", { input_dim: 99, output_dim: 5 }), layer("PositionEmbedding"))).toBe(
    99 * 5 + 7 * 5,
  );
  const inner = layer("Residual", { layers: [layer("Dense", { units: 6 })] });
  expect(parameters([8, 6], layer("Residual", { layers: [inner, inner] }))).toBe(2 * (6 * 6 + 6));
});

test("work grows with what costs time: unrolled steps a batch, attention with the square of its sequence", () => {
  const work = (layers: readonly object[], training: object = {}) =>
    estimateWork({ spec: parseTrainingSpec(specOf([...layers, softmax], training)), trainSamples: 1000 });
  const lstm = (steps: number) => [input(steps, 8), layer("LSTM", { units: 16 })];
  const [small, large] = [work(lstm(10), { batch_size: 10 }), work(lstm(10), { batch_size: 100 })];
  // Ninety batches fewer, each of them ten steps, three passes, and one update less.
  expect(small.flops - large.flops).toBe(90n * (3n * 10n * 4_500_000n + 12n * BigInt(small.parameters)));
  expect(work(lstm(100)).memoryBytes - work(lstm(10)).memoryBytes).toBeGreaterThan(90 * 3_000_000);
  const attention = (steps: number) =>
    work([input(steps, 8), layer("MultiHeadAttention", { num_heads: 2, key_dim: 4 }), layer("GlobalAveragePooling1D")]);
  const [short, long] = [attention(64), attention(256)];
  expect(Number(long.flops) / Number(short.flops)).toBeGreaterThan(12);
  const inside = [layer("Dense", { units: 8 })];
  const residual = work([input(8), layer("Residual", { layers: inside })]);
  expect(residual.flops - work([input(8), ...inside]).flops).toBe(3n * 1000n * 8n);
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
    class_name: fc.constantFrom(...LAYER_NAMES),
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
