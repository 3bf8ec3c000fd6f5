import type { TrainingSpec } from "../spec/types.ts";
import type { TrainEvent } from "../trainer/events.ts";
import type { TrainingState } from "../trainer/state.ts";

/** A data set in memory, or the file that it stays in. */
export type DatasetSource = Uint8Array | { readonly path: string };

/** What the worker is started with. */
export interface WorkerInput {
  readonly spec: TrainingSpec;
  readonly dataset: DatasetSource;
  readonly resumeFrom?: TrainingState;
  readonly batchIntervalMs?: number;
  /** See `Control`. */
  readonly control: SharedArrayBuffer;
}

/** What the machine gives to the training, measured in the worker. */
export interface ResourceUsage {
  /** Cores' worth of processor time since the last report, 1 = one core fully used. */
  readonly cpuCores: number;
  /** Resident memory of the whole process. */
  readonly residentBytes: number;
}

/** A training event with the resources it took. */
export type WorkerEvent = TrainEvent & { readonly usage: ResourceUsage };

/** What the worker says. */
export type WorkerMessage =
  | { readonly type: "event"; readonly event: WorkerEvent }
  | { readonly type: "end" }
  | { readonly type: "error"; readonly error: SerializedError };

/** An error as it crosses the thread boundary; {@link CyxwizError}s keep their code and context. */
export interface SerializedError {
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string;
  readonly context?: object;
}
