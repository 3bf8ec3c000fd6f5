import { Worker } from "node:worker_threads";
import { CyxwizError, ERRORS, type ErrorContext, type ErrorName } from "@cyxwiz/errors";
import type { TrainingSpec } from "../spec/types.ts";
import { checkChange, type ParameterChange } from "../trainer/parameters.ts";
import type { TrainingState } from "../trainer/state.ts";
import { Control } from "./control.ts";
import { MessageQueue } from "./message-queue.ts";
import type { DatasetSource, SerializedError, WorkerEvent, WorkerInput, WorkerMessage } from "./messages.ts";

export interface TrainInWorkerOptions {
  readonly spec: TrainingSpec;
  /**
   * A packed data set, or CSV bytes (see `openDataset`). Bytes in a `SharedArrayBuffer` are shared with the worker;
   * others are copied, or moved (and gone for the caller) with `transferDataset`. Of a file (see `openDatasetFile`) only
   * what is about to be trained on is in memory.
   */
  readonly dataset: DatasetSource;
  readonly transferDataset?: boolean;
  readonly resumeFrom?: TrainingState;
  /** Changes that are known from the start. Those before the epoch to go on with are in the state already. */
  readonly changes?: readonly ParameterChange[];
  /** Stops at once, in the middle of a step. */
  readonly signal?: AbortSignal;
  /** Least time between two `batch` events. Default: 100. */
  readonly batchIntervalMs?: number;
}

/** A training run in a thread of its own; iterate over it once to get its events. */
export interface TrainingRun extends AsyncIterable<WorkerEvent> {
  /** Holds training before the next step; the thread then uses no processor time. */
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  /**
   * Has other parameters hold from an epoch on; without one, from the next that begins. Whether it is in time is known
   * at once, also while training is paused. After early stopping no epoch may begin any more.
   *
   * @returns the first epoch that it holds for; the state after that epoch has it among its `parameters`.
   * @throws CyxwizError `INVALID_FIELD`; `NOT_POSSIBLE_NOW` when the epoch has begun.
   */
  change(change: Omit<ParameterChange, "firstEpoch"> & { readonly firstEpoch?: number }): number;
  /** Ends the thread now and gives its memory back. Iteration ends with `ABORTED`. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Trains in a worker thread, with the same bits as `train`. The thread ends with the run, when iteration is left
 * early, or when the signal says so.
 *
 * @throws CyxwizError while iterating: those of `train`, and `INTERNAL` if the thread dies.
 * @example
 * for await (const event of trainInWorker({ spec, dataset, signal })) console.log(event.type);
 */
export function trainInWorker(options: TrainInWorkerOptions): TrainingRun {
  const { spec, dataset, resumeFrom, signal, batchIntervalMs } = options;
  if (signal?.aborted) throw aborted(signal.reason);
  const control = new Control();
  control.begin(resumeFrom?.epoch ?? 0);
  const change: TrainingRun["change"] = (wanted) => {
    // The epoch is only known once it waits; every other rule is the same for all of them.
    checkChange(spec, { ...wanted, firstEpoch: wanted.firstEpoch ?? spec.training.epochs });
    return control.change(wanted, spec.training.epochs);
  };
  for (const known of options.changes ?? []) if (known.firstEpoch > (resumeFrom?.epoch ?? 0)) change(known);
  const input: WorkerInput = {
    spec,
    dataset,
    control: control.buffer,
    ...(resumeFrom && { resumeFrom }),
    ...(batchIntervalMs !== undefined && { batchIntervalMs }),
  };
  const moves = options.transferDataset && "buffer" in dataset && dataset.buffer instanceof ArrayBuffer;
  // The same file is TypeScript in the source tree and JavaScript in a build.
  const file = import.meta.url.endsWith(".ts") ? "./train-worker.ts" : "./train-worker.js";
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: input,
    transferList: moves ? [dataset.buffer as ArrayBuffer] : [],
    name: "cyxwiz-training",
  });

  const events = new MessageQueue<WorkerEvent>();
  worker.on("message", (message: WorkerMessage) => {
    if (message.type === "event") events.push(message.event);
    else if (message.type === "end") events.end();
    else events.fail(revive(message.error));
  });
  worker.on("error", (cause) => events.fail(died(String(cause), cause)));
  worker.on("messageerror", (cause) => events.fail(died("a message could not be read", cause)));
  worker.on("exit", (code) => {
    signal?.removeEventListener("abort", onAbort);
    events.fail(died(`it ended with code ${code} before the training did`));
  });
  const stop = async (reason?: unknown) => {
    events.fail(aborted(reason));
    await worker.terminate();
  };
  const onAbort = () => void stop(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });

  return {
    pause: () => control.pause(),
    resume: () => control.resume(),
    get paused() {
      return control.paused;
    },
    change,
    stop: () => stop(),
    async *[Symbol.asyncIterator]() {
      try {
        yield* events;
      } finally {
        await worker.terminate();
      }
    },
  };
}

function aborted(cause: unknown): CyxwizError {
  return new CyxwizError("ABORTED", { what: "Training" }, { cause });
}

function died(what: string, cause?: unknown): CyxwizError {
  return new CyxwizError("INTERNAL", { what: `the training thread failed: ${what}` }, { cause });
}

function revive({ message, stack, code, context }: SerializedError): Error {
  if (code !== undefined && Object.hasOwn(ERRORS, code)) {
    return new CyxwizError(code as ErrorName, context as ErrorContext<ErrorName>);
  }
  const cause = new Error(message);
  if (stack !== undefined) cause.stack = stack;
  return died(message, cause);
}
