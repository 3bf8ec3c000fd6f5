import type { SplitSource } from "../data/dataset.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";

const layer = (class_name: string, config: object = {}) => ({ class_name, config });
const residual = (...layers: object[]) => layer("Residual", { layers });
const modelOf = (shape: readonly number[], ...layers: object[]) => ({
  class_name: "Sequential",
  config: { layers: [layer("InputLayer", { batch_shape: [null, ...shape] }), ...layers] },
});

const STEPS = 12;
const TOKENS = 20;

/** Causal attention over tokens, a class for every step, AdamW with a warm-up and half a cosine. */
export const transformerSpec = parseTrainingSpec({
  model: modelOf(
    [STEPS],
    layer("Embedding", { input_dim: TOKENS, output_dim: 16 }),
    layer("PositionEmbedding", { initializer: "random_normal" }),
    residual(
      layer("LayerNormalization", { epsilon: 1e-5 }),
      layer("MultiHeadAttention", { num_heads: 2, key_dim: 8, use_causal_mask: true }),
      layer("Dropout", { rate: 0.1 }),
    ),
    residual(
      layer("LayerNormalization"),
      layer("Dense", { units: 32, activation: "gelu" }),
      layer("Dense", { units: 16, use_bias: false }),
    ),
    layer("LayerNormalization", { center: false }),
    layer("Dense", { units: TOKENS }),
  ),
  training: {
    optimizer: layer("AdamW", {
      weight_decay: 0.01,
      learning_rate: layer("LinearWarmup", {
        warmup_steps: 5,
        learning_rate: layer("CosineDecay", { initial_learning_rate: 0.01, decay_steps: 30, alpha: 0.1 }),
      }),
    }),
    loss: "sparse_categorical_crossentropy",
    batch_size: 16,
    epochs: 2,
    seed: 42,
  },
});

/** Strides and running statistics, padding in the last batch, weighted classes, early stopping on a validation split. */
export const stridedSpec = parseTrainingSpec({
  model: modelOf(
    [9, 9, 1],
    layer("Rescaling", { scale: 1 / 255 }),
    layer("Conv2D", { filters: 4, kernel_size: 3, strides: 2, padding: "same", use_bias: false }),
    layer("BatchNormalization", { momentum: 0.8 }),
    layer("ReLU"),
    residual(
      layer("Conv2D", { filters: 4, kernel_size: 3, padding: "same" }),
      layer("BatchNormalization", { momentum: 0.8 }),
    ),
    layer("Conv2D", { filters: 6, kernel_size: 2, strides: [1, 2], activation: "relu" }),
    layer("GlobalAveragePooling2D"),
    layer("BatchNormalization", { momentum: 0.7, scale: false }),
    layer("Dense", { units: 4, activation: "softmax" }),
  ),
  training: {
    optimizer: layer("SGD", {
      momentum: 0.9,
      learning_rate: layer("PiecewiseConstantDecay", { boundaries: [10, 20], values: [0.1, 0.05, 0.01] }),
    }),
    loss: "sparse_categorical_crossentropy",
    batch_size: 16,
    epochs: 3,
    seed: 43,
    class_weight: { 1: 2 },
    validation_split: 0.2,
    early_stopping: { patience: 2, restore_best_weights: true },
  },
});

/** Both recurrent layers, reading an image row by row; RMSprop with a decay whose powers are no whole ones. */
export const recurrentSpec = parseTrainingSpec({
  model: modelOf(
    [9, 9],
    layer("Rescaling", { scale: 1 / 255 }),
    layer("LSTM", { units: 8, return_sequences: true }),
    layer("GRU", { units: 6 }),
    layer("Dense", { units: 4 }),
  ),
  training: {
    optimizer: layer("RMSprop", {
      learning_rate: layer("ExponentialDecay", { initial_learning_rate: 0.01, decay_steps: 7, decay_rate: 0.9 }),
    }),
    loss: "sparse_categorical_crossentropy",
    batch_size: 32,
    epochs: 2,
    seed: 44,
  },
});

/** Trained with other parameters on the way: dropout, running statistics and a schedule all depend on the steps. */
export const changedSpec = parseTrainingSpec({
  model: modelOf(
    [9, 9],
    layer("Rescaling", { scale: 1 / 255 }),
    layer("Flatten"),
    layer("Dense", { units: 16, activation: "relu" }),
    layer("BatchNormalization", { momentum: 0.8 }),
    layer("Dropout", { rate: 0.2 }),
    layer("Dense", { units: 4 }),
  ),
  training: {
    optimizer: layer("AdamW", {
      learning_rate: layer("CosineDecay", { initial_learning_rate: 0.01, decay_steps: 60 }),
    }),
    loss: "sparse_categorical_crossentropy",
    batch_size: 16,
    epochs: 4,
    seed: 45,
    validation_split: 0.2,
    early_stopping: { patience: 3, restore_best_weights: true },
  },
});

/** Sequences in which each token follows from the one before, mostly; labels are the tokens that come next. */
export function tokenSequences(samples: number): SplitSource {
  const features = new Uint8Array(samples * STEPS);
  const labels = new Uint8Array(samples * STEPS);
  let noise = 7;
  let token = 0;
  for (let place = 0; place < features.length; place++) {
    features[place] = token;
    noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
    const jump = noise >>> 28 === 0 ? noise >>> 20 : 0;
    token = (token * 3 + 1 + jump) % TOKENS;
    labels[place] = token;
  }
  const shape = [samples, STEPS];
  return { features: { dtype: "U8", shape, data: features }, labels: { dtype: "U8", shape, data: labels } };
}
