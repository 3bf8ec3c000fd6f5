import { inferShapes, size } from "./infer-shapes.ts";
import type { TrainingSpec } from "./types.ts";

/** What a job costs a machine; the base of its price and its time limit. */
export interface WorkEstimate {
  /** Floating point operations of the whole job: training (three forward passes' worth a sample) and evaluation. */
  readonly flops: bigint;
  readonly parameters: number;
  /** Resident memory while it runs, the data included. */
  readonly memoryBytes: number;
}

/**
 * Estimates a job before it runs.
 *
 * @param samples.testSamples evaluated after every epoch; 0 when there is no test set.
 */
export function estimateWork({
  spec,
  trainSamples,
  testSamples = 0,
}: {
  readonly spec: TrainingSpec;
  readonly trainSamples: number;
  readonly testSamples?: number;
}): WorkEstimate {
  const shapes = inferShapes(spec.model);
  const forward = BigInt(shapes.flopsPerSample);
  const perEpoch = forward * (3n * BigInt(trainSamples) + BigInt(testSamples));
  // The optimiser touches every parameter about a dozen times a step.
  const steps = BigInt(Math.ceil(trainSamples / spec.training.batch_size));
  const update = 12n * BigInt(shapes.parameters) * steps;
  return {
    flops: (perEpoch + update) * BigInt(spec.training.epochs),
    parameters: shapes.parameters,
    memoryBytes: trainingMemoryBytes(spec) + (trainSamples + testSamples) * (size(shapes.input) + 1) * 4,
  };
}

/** What weights, gradients, optimiser state and the activations of one batch take, without the data. */
export function trainingMemoryBytes(spec: TrainingSpec): number {
  const shapes = inferShapes(spec.model);
  const { optimizer } = spec.training;
  const slots = optimizer.class_name === "Adam" ? 2 : optimizer.config.momentum > 0 ? 1 : 0;
  // Old and new weights and slots are alive together for a moment, with the gradient beside them.
  const perParameter = 2 * (1 + slots) + 1;
  const perSample = shapes.layers.reduce((sum, layer) => {
    const convolution = layer.layer.class_name === "Conv2D" ? 6 : 3;
    return sum + size(layer.input) + convolution * size(layer.output);
  }, 0);
  return 4 * (shapes.parameters * perParameter + spec.training.batch_size * perSample);
}
