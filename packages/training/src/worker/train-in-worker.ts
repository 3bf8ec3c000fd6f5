import { Worker } from "node:worker_threads";
import { CyxwizError, ERRORS, type ErrorContext, type ErrorName } from "@cyxwiz/errors";
import type { TrainingSpec } from "../spec/types.ts";
import type { TrainingState } from "../trainer/state.ts";
import { MessageQueue } from "./message-queue.ts";
import {
  PAUSE,
  RUN,
  type SerializedError,
  type WorkerEvent,
  type WorkerInput,
  type WorkerMessage,
} from "./messages.ts";

export interface TrainInWorkerOptions {
  readonly spec: TrainingSpec;
  /**
   * A packed data set, or CSV bytes (see `openDataset`). Bytes in a `SharedArrayBuffer` are shared with the worker;
   * others are copied, or moved (and gone for the caller) with `transferDataset`.
   */
  readonly dataset: Uint8Array;
  readonly transferDataset?: boolean;
  readonly resumeFrom?: TrainingState;
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
  const control = new SharedArrayBuffer(4);
  const flag = new Int32Array(control);
  const input: WorkerInput = {
    spec,
    dataset,
    control,
    ...(resumeFrom && { resumeFrom }),
    ...(batchIntervalMs !== undefined && { batchIntervalMs }),
  };
  const moves = options.transferDataset && dataset.buffer instanceof ArrayBuffer;
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
    pause: () => void Atomics.store(flag, 0, PAUSE),
    resume: () => {
      Atomics.store(flag, 0, RUN);
      Atomics.notify(flag, 0);
    },
    get paused() {
      return Atomics.load(flag, 0) === PAUSE;
    },
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
