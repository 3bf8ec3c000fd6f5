/** A rate that changes from step to step; steps count from 0 over the whole run. */
export type Schedule = ExponentialDecay | PiecewiseConstantDecay | CosineDecay | LinearWarmup;

/** `initial_learning_rate · decay_rate ^ (step / decay_steps)`; with `staircase` the exponent is rounded down. */
export interface ExponentialDecay {
  readonly class_name: "ExponentialDecay";
  readonly config: {
    readonly initial_learning_rate: number;
    readonly decay_steps: number;
    readonly decay_rate: number;
    readonly staircase: boolean;
  };
}
/** `values[i]` up to and with step `boundaries[i]`, the last value after all of them. */
export interface PiecewiseConstantDecay {
  readonly class_name: "PiecewiseConstantDecay";
  readonly config: { readonly boundaries: readonly number[]; readonly values: readonly number[] };
}
/** Half a cosine from `initial_learning_rate` down to `alpha` times that, and then on at that. */
export interface CosineDecay {
  readonly class_name: "CosineDecay";
  readonly config: {
    readonly initial_learning_rate: number;
    readonly decay_steps: number;
    readonly alpha: number;
  };
}
/** Rises evenly to `learning_rate` within `warmup_steps`; a schedule there begins when the rise is over. */
export interface LinearWarmup {
  readonly class_name: "LinearWarmup";
  readonly config: { readonly warmup_steps: number; readonly learning_rate: number | Exclude<Schedule, LinearWarmup> };
}
export type LearningRate = number | Schedule;

export interface SgdOptimizer {
  readonly class_name: "SGD";
  readonly config: { readonly learning_rate: LearningRate; readonly momentum: number; readonly nesterov: boolean };
}
interface AdamConfig {
  readonly learning_rate: LearningRate;
  readonly beta_1: number;
  readonly beta_2: number;
  readonly epsilon: number;
}
export interface AdamOptimizer {
  readonly class_name: "Adam";
  readonly config: AdamConfig;
}
/** Adam that also shrinks every weight by `learning_rate · weight_decay` of itself a step. */
export interface AdamWOptimizer {
  readonly class_name: "AdamW";
  readonly config: AdamConfig & { readonly weight_decay: number };
}
export interface RmspropOptimizer {
  readonly class_name: "RMSprop";
  readonly config: { readonly learning_rate: LearningRate; readonly rho: number; readonly epsilon: number };
}
export type Optimizer = SgdOptimizer | AdamOptimizer | AdamWOptimizer | RmspropOptimizer;

export const LOSSES = ["sparse_categorical_crossentropy", "categorical_crossentropy", "mean_squared_error"] as const;
export type LossName = (typeof LOSSES)[number];

export const MONITORS = ["val_loss", "val_accuracy", "loss", "accuracy"] as const;
export type Monitor = (typeof MONITORS)[number];

/** Ends a run when an epoch's measure has not got better by more than `min_delta` for `patience` epochs. */
export interface EarlyStopping {
  readonly monitor: Monitor;
  readonly min_delta: number;
  readonly patience: number;
  /** Whether the result is the weights of the best epoch instead of the last. */
  readonly restore_best_weights: boolean;
}

export interface TrainingConfig {
  readonly optimizer: Optimizer;
  readonly loss: LossName;
  readonly batch_size: number;
  /** The most that are trained; early stopping may end a run before. */
  readonly epochs: number;
  /** Everything random follows from it: initial weights, order of samples, dropout, validation split. */
  readonly seed: number;
  readonly shuffle: boolean;
  readonly metrics: readonly "accuracy"[];
  /** The share of the training samples that is set apart to validate on. Absent: none. */
  readonly validation_split?: number;
  /** What a sample of each class weighs in the training loss. Absent: all the same. */
  readonly class_weight?: readonly number[];
  readonly early_stopping?: EarlyStopping;
}
