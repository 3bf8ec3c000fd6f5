import { type Hash, hashMetrics, sha256Bulk } from "@cyxwiz/proof";
import type { TrainingData } from "../data/training-data.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { EarlyStop } from "../trainer/early-stop.ts";
import type { EpochMetrics, TrainEvent } from "../trainer/events.ts";
import type { ParameterChange } from "../trainer/parameters.ts";
import { encodeState, encodeWeights, initialState, type TrainingState, type Weights } from "../trainer/state.ts";
import { train } from "../trainer/train.ts";

/** Which part of a job to train again. */
export interface ReplayOptions {
  readonly spec: TrainingSpec;
  readonly dataset: TrainingData;
  /** The state to start from; without one, the job's initial state. */
  readonly from?: TrainingState;
  /** The last epoch to train. */
  readonly to: number;
  /** All changes of parameters that the job has had, in the order in which they came. */
  readonly changes?: readonly ParameterChange[];
  readonly signal?: AbortSignal;
  /** What trains; default: `train`, on this thread. See `trainerInWorker` for another. */
  readonly trainer?: Trainer;
}

/** Trains a part of a job and gives the events of `train`. */
export type Trainer = (run: {
  readonly spec: TrainingSpec;
  readonly dataset: TrainingData;
  readonly resumeFrom: TrainingState;
  readonly changes: readonly ParameterChange[];
  readonly batchIntervalMs: number;
  readonly signal?: AbortSignal;
}) => AsyncIterable<TrainEvent>;

const onThisThread: Trainer = ({ changes, ...run }) =>
  train({ ...run, changesAt: (epoch) => changes.filter(({ firstEpoch }) => firstEpoch === epoch) });

/** An epoch, trained again, and what it must have been committed to. */
export interface ReplayedEpoch {
  readonly type: "epoch";
  /** From 1. */
  readonly epoch: number;
  readonly state: TrainingState;
  /** The canonical bytes of `state`. */
  readonly stateBytes: Uint8Array;
  readonly stateHash: Hash;
  readonly metrics: EpochMetrics;
  readonly metricsHash: Hash;
}

/** The end of the run, where the replay came so far. */
export interface ReplayedResult {
  readonly type: "result";
  /** The last epoch. */
  readonly epoch: number;
  readonly weights: Weights;
  readonly resultHash: Hash;
}

/** For batches there is nothing to tell; an hour is never over within one. */
const NO_BATCHES_MS = 3_600_000;

/**
 * Trains a part of a job again, bit for bit: from a state to the end of an epoch, and gives what each epoch on the way
 * must have been committed to, then the result if the run is over there. Runs in Node and in browsers.
 *
 * @throws CyxwizError those of `train`
 * @example
 * for await (const event of replay({ spec, dataset, from, to: from.epoch + 1 })) console.log(event.type);
 */
export async function* replay(options: ReplayOptions): AsyncGenerator<ReplayedEpoch | ReplayedResult, void, void> {
  const { spec, dataset, from = initialState(spec), to, changes = [], signal, trainer = onThisThread } = options;
  if (from.epoch >= to && !isOver(spec, from)) return;
  const run = { spec, dataset, resumeFrom: from, changes, batchIntervalMs: NO_BATCHES_MS };
  const events = trainer({ ...run, ...(signal && { signal }) });
  for await (const event of events) {
    if (event.type === "epoch") {
      const { epoch, state, metrics } = event;
      const stateBytes = encodeState(state);
      const stateHash = await sha256Bulk(stateBytes);
      const metricsHash = hashMetrics({ ...metrics });
      yield { type: "epoch", epoch, state, stateBytes, stateHash, metrics, metricsHash };
      if (epoch === to && !isOver(spec, state)) return;
    } else if (event.type === "done") {
      const { epoch, weights } = event;
      yield { type: "result", epoch, weights, resultHash: await sha256Bulk(encodeWeights(weights)) };
    }
  }
}

/** Whether a job has nothing left to train from a state on: all its epochs are done, or early stopping has ended it. */
export function isOver(spec: TrainingSpec, state: TrainingState): boolean {
  const { epochs, early_stopping: stopping } = spec.training;
  return (
    state.epoch >= epochs || (stopping !== undefined && new EarlyStop(stopping, state.best).stopsAfter(state.epoch))
  );
}
