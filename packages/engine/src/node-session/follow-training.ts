import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { throwIfAborted, wait } from "@cyxwiz/chain";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { TrainingCommandSchema, type TrainingComplete, type TrainingUpdate } from "@cyxwiz/protocol";
import type { DataProvider } from "../data/data-provider.ts";
import type { JobEvent } from "../events/job-event.ts";
import { CommandQueue } from "./command-queue.ts";
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
  /** Answers what the node asks about the job's data, where that is streamed. */
  readonly data?: DataProvider | undefined;
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
      for await (const update of openStream(session, { after, signal, data: options.data })) {
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

/** A job that is aborted is cancelled at Central, who stops the node and shares out the pay; here it only ends the stream. */
async function* openStream(
  session: NodeSession,
  { after, signal, data }: { after: bigint; signal: AbortSignal; data: DataProvider | undefined },
): AsyncGenerator<TrainingUpdate> {
  // Leaving a stream does not cancel it: the signal does.
  const leave = new AbortController();
  const either = AbortSignal.any([signal, leave.signal]);
  const commands = new CommandQueue(either);
  try {
    const headers = { [AFTER_HEADER]: `${after}` };
    const updates = session.client.streamTrainingMetrics(commands, { headers, signal: either, timeoutMs: 0 });
    for await (const update of updates) {
      const answer = data && (await answerTo(update, data));
      if (answer) await commands.push(create(TrainingCommandSchema, { command: answer }));
      else yield update;
    }
  } finally {
    leave.abort();
  }
}

/** The answer to a question about the data; nothing to any other update. */
async function answerTo(
  { update }: TrainingUpdate,
  data: DataProvider,
): Promise<MessageInitShape<typeof TrainingCommandSchema>["command"] | undefined> {
  if (update.case === "datasetInfoRequest") return { case: "datasetInfoResponse", value: await data.info() };
  if (update.case === "batchRequest") return { case: "batchResponse", value: await data.batch(update.value) };
  return undefined;
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
