import type { TrainingSpec } from "@cyxwiz/training";

/** Prices rise and fall with it, and so does a job's place in the queue. */
export type Priority = "low" | "normal" | "high" | "critical";

/** A job to be trained by somebody else. `loadJobFile` makes one from a file. */
export interface JobRequest {
  readonly spec: TrainingSpec;
  /** The packed data set: see `packDataset` and `loadDataset` of `@cyxwiz/training`. */
  readonly dataset: Uint8Array;
  /** Where the trained weights go (safetensors). */
  readonly output: string;
  /** The most it may cost, in base units; without it, any quote is accepted. */
  readonly maxCost?: bigint;
  readonly priority?: Priority;
}
