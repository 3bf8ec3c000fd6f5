import type { TrainingUpdate } from "@cyxwiz/protocol";
import type { TrainingState } from "@cyxwiz/training";
import type { JobReports } from "../central-client/job-reports.ts";
import type { KeptJob } from "../states/kept-job.ts";
import type { Logger } from "../util/log.ts";
import type { StoredWeights, WeightsStore } from "../weights/weights-store.ts";
import type { Agreement } from "./agreement.ts";
import type { CheckedJob } from "./check-job.ts";
import type { ParameterOrder } from "./parameter-order.ts";
import type { UpdateHub } from "./update-hub.ts";

/** What a job is, and what it needs of the node. */
export interface JobOptions {
  readonly agreement: Agreement;
  readonly checked: Omit<CheckedJob, "dataset">;
  readonly updates: UpdateHub;
  readonly reports: JobReports;
  readonly weights: WeightsStore;
  /** What the job is replayed from, and resumed after a crash. */
  readonly kept: KeptJob;
  /** Goes on with what an earlier run of the node has begun. */
  readonly resume?: ResumeFrom | undefined;
  /** Marks the job as started on chain; resolves once that is confirmed. */
  readonly startOnChain: (signal: AbortSignal) => Promise<void>;
  /** Told of the result before anybody else is, with the checkpoints (hex) that it is to be proven with. */
  readonly onCompleted: (weights: StoredWeights, complete: TrainingUpdate, checkpoints: readonly string[]) => void;
  /** Told of the weights that a cancelled job leaves, before anybody hears of its end. */
  readonly onPartial: (weights: StoredWeights, end: TrainingUpdate) => void;
  /** Told of each order to change parameters before it is answered. */
  readonly onOrder: (order: ParameterOrder) => void;
  /** Where the finished weights can be fetched. */
  readonly weightsUrl: () => string;
  readonly nowSeconds: () => number;
  readonly nowMs: () => number;
  /** For how long the job may be paused, all in all. */
  readonly maxPausedMs: number;
  readonly log: Logger;
}

/** What an earlier run of the node has left of a job. */
export interface ResumeFrom {
  /** The state to go on from; without one, training begins anew. */
  readonly state: TrainingState | undefined;
  readonly orders: readonly ParameterOrder[];
  /** Links up to that of this epoch are reported, or in the journal of reports. */
  readonly reportedEpochs: number;
}

/** An epoch, from 1, and a batch of it; both 0 before the first batch. */
export interface Position {
  readonly epoch: number;
  readonly batch: number;
}

/** How a job is to be ended before its time. */
export interface Stop {
  /** Somebody's wish, no failure. */
  readonly cancelled: boolean;
  /** Keeps the weights of the newest epoch, to be fetched like a result. */
  readonly savePartial?: boolean;
  /** The payer's signature under the order to cancel. */
  readonly signature?: Uint8Array;
}
