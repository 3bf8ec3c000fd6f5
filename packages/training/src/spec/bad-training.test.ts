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
const adamWith = (learning_rate: object) => ({ optimizer: { class_name: "Adam", config: { learning_rate } } });
const BAD: readonly [string, unknown, string][] = [
  [
    "an unknown optimizer",
    specOf([input(4), softmax], { optimizer: { class_name: "Lion", config: {} } }),
    "training.optimizer.class_name: expected one of SGD, Adam, AdamW, RMSprop",
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
  [
    "an unknown schedule",
    specOf([input(4), softmax], {
      optimizer: { class_name: "SGD", config: { learning_rate: { class_name: "Poly" } } },
    }),
    "training.optimizer.config.learning_rate.class_name: expected one of ExponentialDecay,",
  ],
  [
    "a schedule without its rate",
    specOf([input(4), softmax], adamWith({ class_name: "CosineDecay", config: { decay_steps: 3 } })),
    "learning_rate.config.initial_learning_rate: expected a number above 0",
  ],
  [
    "steps with too few values",
    specOf(
      [input(4), softmax],
      adamWith({ class_name: "PiecewiseConstantDecay", config: { boundaries: [5], values: [1] } }),
    ),
    "learning_rate.config.values: expected one more than there are boundaries (2)",
  ],
  [
    "steps that fall",
    specOf(
      [input(4), softmax],
      adamWith({ class_name: "PiecewiseConstantDecay", config: { boundaries: [5, 5], values: [1, 1, 1] } }),
    ),
    "learning_rate.config.boundaries: expected steps that rise",
  ],
  [
    "a warm-up of a warm-up",
    specOf(
      [input(4), softmax],
      adamWith({
        class_name: "LinearWarmup",
        config: { warmup_steps: 2, learning_rate: { class_name: "LinearWarmup", config: {} } },
      }),
    ),
    "learning_rate.config.learning_rate.class_name: expected one of ExponentialDecay, PiecewiseConstantDecay, CosineDecay, got",
  ],
  [
    "weight decay of an optimizer without",
    specOf([input(4), softmax], { optimizer: { class_name: "Adam", config: { weight_decay: 0.1 } } }),
    "training.optimizer.config.weight_decay: only null is supported",
  ],
  [
    "a validation split of everything",
    specOf([input(4), softmax], { validation_split: 1 }),
    "training.validation_split",
  ],
  [
    "too few weights of classes",
    specOf([input(4), softmax], { class_weight: [1, 2] }),
    "training.class_weight: expected 10",
  ],
  [
    "a weight of no class",
    specOf([input(4), softmax], { class_weight: { 10: 1 } }),
    "training.class_weight.10: the classes are 0 to 9",
  ],
  [
    "a weight below 0",
    specOf([input(4), softmax], { class_weight: { 1: -1 } }),
    "training.class_weight.1: expected a number",
  ],
  [
    "weights of classes in a regression",
    specOf([input(4), softmax], { class_weight: { 1: 2 }, loss: "mean_squared_error" }),
    "training.class_weight",
  ],
  [
    "watching what is not measured",
    specOf([input(4), softmax], { early_stopping: { monitor: "val_accuracy" }, metrics: [] }),
    "training.early_stopping.monitor: val_accuracy is not among the metrics",
  ],
  [
    "watching something unknown",
    specOf([input(4), softmax], { early_stopping: { monitor: "lr" } }),
    "early_stopping.monitor",
  ],
  [
    "an unknown way to stop",
    specOf([input(4), softmax], { early_stopping: { wait: 1 } }),
    "training.early_stopping.wait: unknown",
  ],
  [
    "a sequence of targets that are no classes",
    specOf([input(4, 4), softmax], { loss: "categorical_crossentropy" }),
    "the output must be flat, but has shape [4,10]",
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
