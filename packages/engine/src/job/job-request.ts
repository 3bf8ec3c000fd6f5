import type { TrainingSpec } from "@cyxwiz/training";
import type { JobData } from "../data/job-data.ts";

/** Prices rise and fall with it, and so does a job's place in the queue. */
export type Priority = "low" | "normal" | "high" | "critical";

/** A job to be trained by somebody else. `loadJobFile` makes one from a file. */
export interface JobRequest {
  readonly spec: TrainingSpec;
  /** Packed bytes (see `packDataset` and `loadDataset` of `@cyxwiz/training`), or where the data is: `openDataFile`, a URI. */
  readonly dataset: JobData;
  /** Where the trained weights go (safetensors). */
  readonly output: string;
  /** The most it may cost, in base units; without it, any quote is accepted. */
  readonly maxCost?: bigint;
  readonly priority?: Priority;
  /**
   * Leaves the challenge window before the node is paid, in which the job can be verified and disputed. Without it, the node
   * is paid as soon as its proof is on chain.
   */
  readonly review?: boolean;
  /**
   * Has the node kept for this wallet's next job for so many minutes after this one, five at most. The next job of the same
   * Engine then starts over the same session, and, if it is over the same data, without sending that again.
   */
  readonly reserveMinutes?: number;
}
