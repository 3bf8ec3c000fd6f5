import { create } from "@bufbuild/protobuf";
import { throwIfAborted, wait } from "@cyxwiz/chain";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import {
  type TrainingCommand,
  TrainingCommandSchema,
  type TrainingComplete,
  type TrainingUpdate,
} from "@cyxwiz/protocol";
import type { JobEvent } from "../events/job-event.ts";
import { connectedEvent, type NodeSession } from "./node-session.ts";
import { toJobEvent } from "./to-job-event.ts";

/** After a lost connection the node is given this long to come back. */
const RECONNECT_WITHIN_MS = 60_000;
const RECONNECT_PAUSE_MS = 500;

export interface FollowOptions {
  readonly session: NodeSession;
  readonly jobId: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: JobEvent) => void;
  /** Asked while the node is away: throws when the job is over for others already. */
  readonly assertStillOn: () => Promise<void>;
}

/** How training went, as the node told it. */
export interface FollowedTraining {
  readonly complete: TrainingComplete;
  /** Checkpoint hashes by epoch, as far as they were seen. */
  readonly checkpoints: ReadonlyMap<number, string>;
}

/**
 * Follows training to its end. A lost connection is opened again with the same session, for a while.
 *
 * @throws CyxwizError `TRAINING_FAILED` as the node tells it, `NODE_LOST`, `ABORTED`, or what `assertStillOn` throws.
 */
export async function followTraining(options: FollowOptions): Promise<FollowedTraining> {
  const { session, jobId, signal } = options;
  const checkpoints = new Map<number, string>();
  let lastHeardMs = performance.now();
  let lost = false;
  for (;;) {
    try {
      for await (const update of openStream(session, signal)) {
        if (lost) options.onEvent(connectedEvent(session, { again: true }));
        [lost, lastHeardMs] = [false, performance.now()];
        if (update.update.case === "complete") return { complete: update.update.value, checkpoints };
        take(update, options, checkpoints);
      }
      throw new CyxwizError("UNREACHABLE", {
        peer: "the node",
        address: session.endpoint,
        cause: "the stream of metrics ended before training did",
      });
    } catch (error) {
      throwIfAborted(`Job ${jobId}`, signal);
      if (!isConnectionLoss(error)) throw error;
      if (performance.now() - lastHeardMs > RECONNECT_WITHIN_MS) {
        const problem = (error as Error).message;
        throw new CyxwizError("NODE_LOST", { jobId, problem }, { cause: error });
      }
      lost = true;
      await options.assertStillOn();
      await wait(RECONNECT_PAUSE_MS, `Job ${jobId}`, signal);
    }
  }
}

async function* openStream(session: NodeSession, signal: AbortSignal): AsyncGenerator<TrainingUpdate> {
  // Leaving a stream does not cancel it: the signal does.
  const leave = new AbortController();
  const either = AbortSignal.any([signal, leave.signal]);
  try {
    yield* session.client.streamTrainingMetrics(commands(either), { signal: either, timeoutMs: 0 });
  } finally {
    leave.abort();
  }
}

/**
 * Headers travel with the first message, so an empty command opens the stream; then it stays open. A job that is
 * aborted is cancelled at Central, who stops the node and shares out the pay.
 */
async function* commands(leave: AbortSignal): AsyncGenerator<TrainingCommand> {
  yield create(TrainingCommandSchema);
  await new Promise<void>((resolve) => {
    if (leave.aborted) resolve();
    leave.addEventListener("abort", () => resolve(), { once: true });
  });
}

function take(update: TrainingUpdate, options: FollowOptions, checkpoints: Map<number, string>): void {
  const { jobId, onEvent } = options;
  if (update.update.case === "error") {
    const { errorCode, errorMessage, recoverable } = update.update.value;
    if (!recoverable) throw new CyxwizError("TRAINING_FAILED", { jobId, remoteCode: errorCode, problem: errorMessage });
    onEvent({ type: "log", level: "warning", message: `${errorCode}: ${errorMessage}` });
    return;
  }
  const event = toJobEvent(update);
  if (!event) return;
  if (event.type === "checkpoint") {
    // After a reconnection the node tells again what was said before.
    if (checkpoints.get(event.epoch) === event.hash) return;
    checkpoints.set(event.epoch, event.hash);
  }
  onEvent(event);
}

function isConnectionLoss(error: unknown): boolean {
  return (
    isCyxwizError(error, "UNREACHABLE") || isCyxwizError(error, "ABORTED") || isCyxwizError(error, "CALL_TIMED_OUT")
  );
}
