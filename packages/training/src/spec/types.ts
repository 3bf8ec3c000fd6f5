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
    readonly strides: readonly [1, 1];
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
  | SoftmaxLayer;

export interface SequentialModel {
  readonly class_name: "Sequential";
  readonly config: { readonly name: string; readonly layers: readonly [InputLayer, ...Layer[]] };
}

export interface SgdOptimizer {
  readonly class_name: "SGD";
  readonly config: { readonly learning_rate: number; readonly momentum: number; readonly nesterov: boolean };
}
export interface AdamOptimizer {
  readonly class_name: "Adam";
  readonly config: {
    readonly learning_rate: number;
    readonly beta_1: number;
    readonly beta_2: number;
    readonly epsilon: number;
  };
}
export type Optimizer = SgdOptimizer | AdamOptimizer;

export const LOSSES = ["sparse_categorical_crossentropy", "categorical_crossentropy", "mean_squared_error"] as const;
export type LossName = (typeof LOSSES)[number];

export interface TrainingConfig {
  readonly optimizer: Optimizer;
  readonly loss: LossName;
  readonly batch_size: number;
  readonly epochs: number;
  /** Everything random follows from it: initial weights, order of samples, dropout. */
  readonly seed: number;
  readonly shuffle: boolean;
  readonly metrics: readonly "accuracy"[];
}

/** A whole job: what to train and how. Plain JSON with every default filled in; parsing it again gives the same. */
export interface TrainingSpec {
  readonly model: SequentialModel;
  readonly training: TrainingConfig;
}
