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
import type { NodeLink } from "./node-link.ts";
import { connectedEvent, type NodeSession } from "./node-session.ts";
import { toJobEvent } from "./to-job-event.ts";

/** A node that is back sooner may go on. Longer than Central waits, so that Central says when the job is over. */
const RECONNECT_WITHIN_MS = 150_000;
const RECONNECT_PAUSE_MS = 500;
/** After this long a session is given up for a new one: the node may be another process, elsewhere. */
const RENEW_AFTER_MS = 5_000;
/** In it the node is told the last update that we have. */
const AFTER_HEADER = "cyxwiz-after-sequence";

export interface FollowOptions {
  readonly link: NodeLink;
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
 * Follows training to its end, from its first checkpoint on. A lost connection is opened again for a while, with the same
 * session or a new one, and goes on after the last update that was seen.
 *
 * @throws CyxwizError `TRAINING_FAILED` as the node tells it, `NODE_LOST`, `ABORTED`, or what `assertStillOn` throws.
 */
export async function followTraining(options: FollowOptions): Promise<FollowedTraining> {
  const { link, jobId, signal } = options;
  const checkpoints = new Map<number, string>();
  let after = 0n;
  let lastHeardMs = performance.now();
  let lost = false;
  for (;;) {
    try {
      const session = await link.session();
      for await (const update of openStream(session, after, signal)) {
        if (lost) options.onEvent(connectedEvent(session, { again: true }));
        [lost, lastHeardMs] = [false, performance.now()];
        if (update.sequence > after) after = update.sequence;
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
      const unknown = isCyxwizError(error, "TOKEN_INVALID") || isCyxwizError(error, "TOKEN_MISSING");
      if (!unknown && !isConnectionLoss(error)) throw error;
      const silentMs = performance.now() - lastHeardMs;
      if (silentMs > RECONNECT_WITHIN_MS) {
        const problem = (error as Error).message;
        throw new CyxwizError("NODE_LOST", { jobId, problem }, { cause: error });
      }
      lost = true;
      await options.assertStillOn();
      await wait(RECONNECT_PAUSE_MS, `Job ${jobId}`, signal);
      if (unknown || silentMs > RENEW_AFTER_MS) await renew(link, signal);
    }
  }
}

// If it cannot be had now, the next round tries the old session, then a new one again.
async function renew(link: NodeLink, signal: AbortSignal): Promise<void> {
  try {
    await link.renew();
  } catch (error) {
    if (signal.aborted || !isConnectionLoss(error)) throw error;
  }
}

async function* openStream(session: NodeSession, after: bigint, signal: AbortSignal): AsyncGenerator<TrainingUpdate> {
  // Leaving a stream does not cancel it: the signal does.
  const leave = new AbortController();
  const either = AbortSignal.any([signal, leave.signal]);
  try {
    const headers = { [AFTER_HEADER]: `${after}` };
    yield* session.client.streamTrainingMetrics(commands(either), { headers, signal: either, timeoutMs: 0 });
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
    // Nodes that do not number their updates tell again what was said before.
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
