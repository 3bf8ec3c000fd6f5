import type { Batch } from "../backend/compile-model.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { Philox } from "../trainer/philox.ts";
import { initialState } from "../trainer/state.ts";

const dense = (units: number, activation = "linear") => ({ class_name: "Dense", config: { units, activation } });
const flatten = { class_name: "Flatten" };
const conv = (config: object) => ({ class_name: "Conv2D", config: { filters: 3, kernel_size: 3, ...config } });
const layer = (class_name: string, config = {}) => ({ class_name, config });

const residual = (...layers: object[]) => layer("Residual", { layers });

const image = [6, 5, 2];
/** Models that between them have every layer: the shape of a sample, the layers, and the loss if it is no cross-entropy. */
export const LAYER_CASES: Readonly<Record<string, readonly [readonly number[], readonly object[], string?]>> = {
  "Dense, softmax cross-entropy": [[5], [dense(4, "softmax")]],
  "Dense, logits": [[5], [dense(4)]],
  "Dense, mean squared error": [[5], [dense(7, "tanh"), dense(3)], "mean_squared_error"],
  "softmax inside the model": [[5], [dense(6, "softmax"), dense(3)], "mean_squared_error"],
  Rescaling: [[5], [layer("Rescaling", { scale: 0.5, offset: 0.2 }), dense(3)]],
  "Conv2D same": [image, [conv({ padding: "same" }), flatten, dense(3)]],
  "Conv2D valid, even kernel": [image, [conv({ kernel_size: [2, 4] }), flatten, dense(3)]],
  "Conv2D same, even kernel, twice": [
    image,
    [conv({ padding: "same", kernel_size: [4, 2] }), conv({ padding: "same", use_bias: false }), flatten, dense(3)],
  ],
  "MaxPooling2D with a remainder": [image, [conv({ padding: "same" }), layer("MaxPooling2D"), flatten, dense(3)]],
  Dropout: [[5], [dense(8), layer("Dropout", { rate: 0.5 }), dense(3)]],
  relu: [[5], [dense(8, "relu"), dense(3)]],
  leaky_relu: [[5], [dense(8), layer("LeakyReLU", { negative_slope: 0.2 }), dense(3)]],
  elu: [[5], [dense(8), layer("ELU", { alpha: 0.7 }), dense(3)]],
  silu: [[5], [dense(8, "silu"), dense(3)]],
  gelu: [[5], [dense(8, "gelu"), dense(3)]],
  sigmoid: [[5], [dense(8, "sigmoid"), dense(3)]],
  tanh: [[5], [dense(8, "tanh"), dense(3)]],
  "Conv2D with strides, valid": [
    [9, 8, 2],
    [conv({ strides: 2 }), flatten, dense(3)],
  ],
  "Conv2D with strides, same": [
    [9, 8, 2],
    [conv({ strides: [2, 3], padding: "same" }), flatten, dense(3)],
  ],
  "Conv2D with strides, one channel": [
    [7, 7, 1],
    [conv({ strides: [3, 1], padding: "same" }), flatten, dense(3)],
  ],
  "Conv2D with strides beyond its kernel": [
    [9, 9, 2],
    [conv({ kernel_size: 2, strides: 4 }), flatten, dense(3)],
  ],
  "BatchNormalization of rows": [[5], [dense(6), layer("BatchNormalization"), dense(3)]],
  "BatchNormalization of images": [
    image,
    [conv({ strides: 2 }), layer("BatchNormalization", { scale: false }), layer("ReLU"), flatten, dense(3)],
  ],
  "LayerNormalization of rows": [[5], [dense(6), layer("LayerNormalization"), dense(3)]],
  "GlobalAveragePooling2D as logits": [image, [conv({ filters: 4 }), layer("GlobalAveragePooling2D")]],
  Embedding: [[6], [layer("Embedding", { input_dim: 9, output_dim: 4 }), flatten, dense(3)]],
  "a bag of words": [
    [6],
    [layer("Embedding", { input_dim: 9, output_dim: 4 }), layer("GlobalAveragePooling1D"), dense(3)],
  ],
  "PositionEmbedding, Dense on sequences": [
    [4, 3],
    [layer("PositionEmbedding"), dense(5, "tanh"), flatten, dense(3)],
  ],
  MultiHeadAttention: [
    [4, 6],
    [layer("MultiHeadAttention", { num_heads: 2, key_dim: 3 }), flatten, dense(3)],
  ],
  "MultiHeadAttention, causal, without bias": [
    [5, 6],
    [
      layer("MultiHeadAttention", { num_heads: 3, key_dim: 2, value_dim: 4, use_causal_mask: true, use_bias: false }),
      flatten,
      dense(3),
    ],
  ],
  "a transformer's block": [
    [5],
    [
      layer("Embedding", { input_dim: 9, output_dim: 6 }),
      layer("PositionEmbedding"),
      residual(layer("LayerNormalization"), layer("MultiHeadAttention", { num_heads: 2, key_dim: 3 })),
      residual(layer("LayerNormalization"), dense(8, "gelu"), layer("Dropout", { rate: 0.5 }), dense(6)),
      layer("GlobalAveragePooling1D"),
      dense(3),
    ],
  ],
  LSTM: [
    [4, 3],
    [layer("LSTM", { units: 5 }), dense(3)],
  ],
  "LSTM without bias, every step": [
    [4, 3],
    [layer("LSTM", { units: 4, use_bias: false, return_sequences: true }), flatten, dense(3)],
  ],
  "LSTM of a single step": [
    [1, 3],
    [layer("LSTM", { units: 4 }), dense(3)],
  ],
  GRU: [
    [4, 3],
    [layer("GRU", { units: 5 }), dense(3)],
  ],
  "GRU, every step, and another without bias": [
    [4, 3],
    [layer("GRU", { units: 4, return_sequences: true }), layer("GRU", { units: 3, use_bias: false }), dense(3)],
  ],
};

/** All that one training step needs, from a fixed seed. */
export interface LayerCase {
  readonly spec: TrainingSpec;
  readonly batch: Batch;
  readonly masks: readonly Float32Array<ArrayBuffer>[];
  readonly weights: readonly Float32Array<ArrayBuffer>[];
  /** Random numbers from −1 below 1. */
  readonly draw: (count: number) => Float32Array<ArrayBuffer>;
}

/** @param padding rows of the batch of 6 that hold no sample. */
export function layerCase([input, layers, loss]: (typeof LAYER_CASES)[string], padding: number): LayerCase {
  const BATCH = 6;
  const spec = parseTrainingSpec({
    model: {
      class_name: "Sequential",
      config: { layers: [{ class_name: "InputLayer", config: { shape: input } }, ...layers] },
    },
    training: {
      optimizer: { class_name: "SGD", config: { learning_rate: 1 } },
      loss: loss ?? "categorical_crossentropy",
      batch_size: BATCH,
    },
  });
  const shapes = inferShapes(spec.model);
  const random = new Philox(3, 99, 0);
  const draw = (count: number) => Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
  const outputs = shapes.output[0] as number;
  const targets = new Float32Array(BATCH * outputs);
  if (loss) targets.set(draw(targets.length));
  else for (let row = 0; row < BATCH; row++) targets[row * outputs + (row % outputs)] = 1;
  const count = BATCH - padding;
  const shares = new Float32Array(BATCH).fill(1 / count, 0, count);
  const batch = {
    features:
      shapes.layers[1]?.layer.class_name === "Embedding"
        ? Float32Array.from({ length: BATCH * size(shapes.input) }, () => random.below(9))
        : draw(BATCH * size(shapes.input)),
    targets,
    sampleWeights: shares,
    rowShares: shares,
  };
  const masks = shapes.everyLayer
    .filter((entry) => entry.layer.class_name === "Dropout")
    .map(({ output }) => Float32Array.from({ length: BATCH * size(output) }, (_, at) => (at % 3 === 0 ? 0 : 2)));
  const weights = [...initialState(spec).weights.values()].map(({ data }) =>
    // Biases begin at zero, where several kinks lie.
    data.map((value) => value + 0.1 * (random.uniform() - 0.5)),
  );
  return { spec, batch, masks, weights, draw };
}
