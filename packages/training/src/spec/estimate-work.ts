import { inferShapes, size } from "./infer-shapes.ts";
import { optimizerSlots } from "./optimizer-slots.ts";
import type { TrainingSpec } from "./types.ts";

/** What one unrolled step costs a pass whatever the batch: dozens of small kernels are called. Measured, as operations. */
const UNROLLED_FLOPS = 4_500_000;
/** The code compiled for it. */
const UNROLLED_BYTES = 3_000_000;

/** What a job costs a machine; the base of its price and its time limit. */
export interface WorkEstimate {
  /**
   * Floating point operations of the whole job: training (three forward passes' worth a sample) and evaluation. Early
   * stopping may need less; nobody can know.
   */
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
  const held = validationSamples(spec, trainSamples);
  const training = trainSamples - held;
  const batches = (samples: number) => BigInt(Math.ceil(samples / spec.training.batch_size));
  const perPass = BigInt(shapes.recurrentSteps * UNROLLED_FLOPS);
  const evaluated = testSamples + held;
  const perEpoch =
    3n * (forward * BigInt(training) + perPass * batches(training)) +
    (forward * BigInt(evaluated) + perPass * batches(evaluated));
  // The optimiser touches every parameter about a dozen times a step.
  const update = 12n * BigInt(shapes.parameters) * batches(training);
  return {
    flops: (perEpoch + update) * BigInt(spec.training.epochs),
    parameters: shapes.parameters,
    memoryBytes: trainingMemoryBytes(spec) + (trainSamples + testSamples) * (size(shapes.input) + 1) * 4,
  };
}

/** How many of so many training samples the spec's `validation_split` sets apart. */
export function validationSamples({ training }: TrainingSpec, trainSamples: number): number {
  return Math.floor(trainSamples * (training.validation_split ?? 0));
}

/** What weights, gradients, optimiser state and the activations of one batch take, without the data. */
export function trainingMemoryBytes(spec: TrainingSpec): number {
  const shapes = inferShapes(spec.model);
  const { optimizer } = spec.training;
  const slots = optimizerSlots(optimizer).length;
  // Old and new weights and slots are alive together for a moment, with the gradient beside them; of the
  // best weights there is one copy here and one on its way out.
  const kept = spec.training.early_stopping?.restore_best_weights ? 2 : 0;
  const perParameter = 2 * (1 + slots) + 1 + kept;
  const perSample = shapes.everyLayer.reduce((sum, { held }) => sum + held, 0);
  const unrolled = shapes.recurrentSteps * UNROLLED_BYTES;
  return unrolled + 4 * (shapes.parameters * perParameter + spec.training.batch_size * perSample);
}
