import type { TrainingConfig } from "./training-types.ts";

export type * from "./training-types.ts";

/** Names of activation functions, as Keras spells them. */
export const ACTIVATIONS = [
  "linear",
  "relu",
  "leaky_relu",
  "elu",
  "silu",
  "gelu",
  "sigmoid",
  "tanh",
  "softmax",
] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

/** Weight initialisers, as Keras spells them. */
export const INITIALIZERS = [
  "glorot_uniform",
  "glorot_normal",
  "he_uniform",
  "he_normal",
  "lecun_uniform",
  "lecun_normal",
  "orthogonal",
  "random_uniform",
  "random_normal",
  "zeros",
  "ones",
] as const;
export type InitializerName = (typeof INITIALIZERS)[number];

export interface InputLayer {
  readonly class_name: "InputLayer";
  /** The first entry is the batch and always `null`. */
  readonly config: { readonly name: string; readonly batch_shape: readonly [null, ...number[]] };
}
export interface RescalingLayer {
  readonly class_name: "Rescaling";
  readonly config: { readonly name: string; readonly scale: number; readonly offset: number };
}
interface WeightedConfig {
  readonly name: string;
  readonly activation: ActivationName;
  readonly use_bias: boolean;
  readonly kernel_initializer: InitializerName;
  readonly bias_initializer: InitializerName;
}
export interface DenseLayer {
  readonly class_name: "Dense";
  readonly config: WeightedConfig & { readonly units: number };
}
export interface Conv2DLayer {
  readonly class_name: "Conv2D";
  readonly config: WeightedConfig & {
    readonly filters: number;
    readonly kernel_size: readonly [number, number];
    readonly strides: readonly [number, number];
    readonly padding: "valid" | "same";
    readonly data_format: "channels_last";
  };
}
export interface MaxPooling2DLayer {
  readonly class_name: "MaxPooling2D";
  readonly config: {
    readonly name: string;
    readonly pool_size: readonly [number, number];
    readonly strides: readonly [number, number];
    readonly padding: "valid";
    readonly data_format: "channels_last";
  };
}
export interface FlattenLayer {
  readonly class_name: "Flatten";
  readonly config: { readonly name: string };
}
export interface DropoutLayer {
  readonly class_name: "Dropout";
  readonly config: { readonly name: string; readonly rate: number };
}
export interface ActivationLayer {
  readonly class_name: "Activation";
  readonly config: { readonly name: string; readonly activation: ActivationName };
}
export interface ReLULayer {
  readonly class_name: "ReLU";
  readonly config: { readonly name: string };
}
export interface LeakyReLULayer {
  readonly class_name: "LeakyReLU";
  readonly config: { readonly name: string; readonly negative_slope: number };
}
export interface ELULayer {
  readonly class_name: "ELU";
  readonly config: { readonly name: string; readonly alpha: number };
}
export interface SoftmaxLayer {
  readonly class_name: "Softmax";
  readonly config: { readonly name: string };
}
export interface GlobalAveragePooling1DLayer {
  readonly class_name: "GlobalAveragePooling1D";
  readonly config: { readonly name: string };
}
export interface GlobalAveragePooling2DLayer {
  readonly class_name: "GlobalAveragePooling2D";
  readonly config: { readonly name: string };
}
interface NormalizationConfig {
  readonly name: string;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly beta_initializer: InitializerName;
  readonly gamma_initializer: InitializerName;
}
export interface BatchNormalizationLayer {
  readonly class_name: "BatchNormalization";
  readonly config: NormalizationConfig & {
    readonly momentum: number;
    readonly moving_mean_initializer: InitializerName;
    readonly moving_variance_initializer: InitializerName;
  };
}
export interface LayerNormalizationLayer {
  readonly class_name: "LayerNormalization";
  readonly config: NormalizationConfig;
}
export interface EmbeddingLayer {
  readonly class_name: "Embedding";
  readonly config: {
    readonly name: string;
    readonly input_dim: number;
    readonly output_dim: number;
    readonly embeddings_initializer: InitializerName;
  };
}
/** Adds a learned vector to each place of a sequence. */
export interface PositionEmbeddingLayer {
  readonly class_name: "PositionEmbedding";
  readonly config: { readonly name: string; readonly initializer: InitializerName };
}
/** Self-attention: query, key and value are all the layer's input. */
export interface MultiHeadAttentionLayer {
  readonly class_name: "MultiHeadAttention";
  readonly config: Omit<WeightedConfig, "activation"> & {
    readonly num_heads: number;
    readonly key_dim: number;
    readonly value_dim: number;
    /** No place sees what comes after it. */
    readonly use_causal_mask: boolean;
  };
}
interface RecurrentConfig extends WeightedConfig {
  readonly units: number;
  readonly recurrent_activation: ActivationName;
  readonly recurrent_initializer: InitializerName;
  readonly return_sequences: boolean;
}
export interface LSTMLayer {
  readonly class_name: "LSTM";
  readonly config: RecurrentConfig & { readonly unit_forget_bias: boolean };
}
export interface GRULayer {
  readonly class_name: "GRU";
  readonly config: RecurrentConfig;
}
/** Adds what its layers make of the input to the input. */
export interface ResidualLayer {
  readonly class_name: "Residual";
  readonly config: { readonly name: string; readonly layers: readonly Layer[] };
}

/** A layer with every default filled in. */
export type Layer =
  | InputLayer
  | RescalingLayer
  | DenseLayer
  | Conv2DLayer
  | MaxPooling2DLayer
  | FlattenLayer
  | DropoutLayer
  | ActivationLayer
  | ReLULayer
  | LeakyReLULayer
  | ELULayer
  | SoftmaxLayer
  | GlobalAveragePooling1DLayer
  | GlobalAveragePooling2DLayer
  | BatchNormalizationLayer
  | LayerNormalizationLayer
  | EmbeddingLayer
  | PositionEmbeddingLayer
  | MultiHeadAttentionLayer
  | LSTMLayer
  | GRULayer
  | ResidualLayer;

export interface SequentialModel {
  readonly class_name: "Sequential";
  readonly config: { readonly name: string; readonly layers: readonly [InputLayer, ...Layer[]] };
}

/** A whole job: what to train and how. Plain JSON with every default filled in; parsing it again gives the same. */
export interface TrainingSpec {
  readonly model: SequentialModel;
  readonly training: TrainingConfig;
}
