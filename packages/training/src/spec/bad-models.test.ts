import { isCyxwizError } from "@cyxwiz/errors";
import { expect, test } from "vitest";
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
    specOf([input(4), layer("Conv3D"), softmax]),
    'model.config.layers[1].class_name: unknown layer "Conv3D". Known: InputLayer,',
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
    specOf([input(4), layer("Dense", { units: 4, kernel_initializer: "identity" })]),
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
    "strides of nothing",
    specOf([input(8, 8, 1), layer("Conv2D", { filters: 4, kernel_size: 3, strides: 0 })]),
    "layers[1].config.strides: expected a whole number from 1, or two of them, got 0",
  ],
  [
    "strides beyond the image",
    specOf([input(8, 8, 1), layer("Conv2D", { filters: 4, kernel_size: 3, strides: [2, 9] })]),
    "layers[1].config.strides: [2,9] is larger than its input of 8×8",
  ],
  [
    "a normalisation over another axis",
    specOf([input(4, 4), layer("LayerNormalization", { axis: 1 })]),
    "layers[1].config.axis: only -1 or [-1] is supported, got 1",
  ],
  ["attention without heads", specOf([input(4, 4), layer("MultiHeadAttention", { key_dim: 2 })]), "config.num_heads"],
  [
    "attention on a row",
    specOf([input(4), layer("MultiHeadAttention", { key_dim: 2, num_heads: 2 })]),
    "layers[1]: MultiHeadAttention takes sequences of shape [steps, features], but gets shape [4]",
  ],
  [
    "an embedding of what is no token",
    specOf([input(4), layer("ReLU"), layer("Embedding", { input_dim: 9, output_dim: 2 })]),
    "layers[2]: Embedding takes token numbers, so it can only come right after the InputLayer",
  ],
  ["an embedding without words", specOf([input(4), layer("Embedding", { output_dim: 2 })]), "config.input_dim"],
  [
    "a masking embedding",
    specOf([input(4), layer("Embedding", { input_dim: 9, output_dim: 2, mask_zero: true })]),
    "layers[1].config.mask_zero: only false is supported",
  ],
  [
    "an LSTM that goes backwards",
    specOf([input(4, 4), layer("LSTM", { units: 2, go_backwards: true })]),
    "go_backwards",
  ],
  [
    "an LSTM with two beginnings of its bias",
    specOf([input(4, 4), layer("LSTM", { units: 2, bias_initializer: "ones" })]),
    "layers[1].config.bias_initializer: only zeros go with unit_forget_bias",
  ],
  ["a GRU of the old kind", specOf([input(4, 4), layer("GRU", { units: 2, reset_after: false })]), "reset_after"],
  [
    "too long a sequence to unroll",
    specOf([input(200, 4), layer("GRU", { units: 2, return_sequences: true }), layer("GRU", { units: 2 }), softmax]),
    "its LSTM and GRU layers take 400 steps; the limit is 256",
  ],
  [
    "too large a matrix to begin orthogonal",
    specOf([input(4, 4), layer("LSTM", { units: 1000 }), softmax]),
    "lstm/recurrent_kernel of shape [1000,4000] it is too much work to begin orthogonal",
  ],
  [
    "too many matrices to begin orthogonal",
    specOf([input(4, 4), ...Array(3).fill(layer("LSTM", { units: 400, return_sequences: true })), softmax]),
    "up to lstm_1/recurrent_kernel",
  ],
  [
    "a residual of another shape",
    specOf([input(4), layer("Residual", { layers: [layer("Dense", { units: 5 })] }), softmax]),
    "layers[1]: its layers make shape [5] of [4]; only the same shape can be added",
  ],
  ["a residual of nothing", specOf([input(4), layer("Residual", { layers: [] }), softmax]), "layers[1].config.layers"],
  [
    "a mistake inside a residual",
    specOf([input(4), layer("Residual", { layers: [layer("Dense", { units: "5" })] }), softmax]),
    "model.config.layers[1].config.layers[0].config.units: expected a whole number",
  ],
  [
    "a name twice, once inside a residual",
    specOf([
      input(4),
      layer("Dense", { units: 4, name: "a" }),
      layer("Residual", { layers: [layer("Dense", { units: 4, name: "a" })] }),
    ]),
    'layers[2].config.layers[0].config.name: "a" is used twice',
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
];

test.each(BAD)("%s is refused, saying where", (_, json, message) => {
  const parse = () => parseTrainingSpec(json);
  expect(parse).toThrow(message);
  expect(parse).toThrow(expect.toSatisfy((error) => isCyxwizError(error, "MODEL_INVALID")));
});
