import { resolve } from "node:path";
import { signBytes, wait } from "@cyxwiz/chain";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { isCyxwizError } from "@cyxwiz/errors";
import { encodeCancelOrder } from "@cyxwiz/proof";
import { StatusCode } from "@cyxwiz/protocol";
import type { JobContext } from "../engine-context.ts";
import type { NodeSession } from "../node-session/node-session.ts";
import { linkTo } from "../stages/connect.ts";
import { askForStatus, assertNotEnded } from "../stages/job-end.ts";
import { type Recovery, recoverFunds } from "../stages/recover-funds.ts";
import { downloadFrom } from "../weights/download-from.ts";
import { findPaidJob, type PaidJob } from "./paid-job.ts";

const REPORT_WITHIN_MS = 5_000;
const POLL_MS = 100;
const CONNECT_WITHIN_MS = 20_000;
const CALLED_OFF: readonly StatusCode[] = [
  StatusCode.STATUS_CANCELLED,
  StatusCode.STATUS_REFUNDING,
  StatusCode.STATUS_REFUNDED,
];

export interface CancelOptions {
  readonly reason?: string;
  /** Where the weights of the last finished epoch go. Without it they are not fetched. */
  readonly partial?: string;
}

/** How a job was cancelled. */
export interface Cancellation {
  readonly recovery: Recovery;
  /** Epochs done, as the node says; `undefined` when it could not be asked. */
  readonly epochs: number | undefined;
  /** Where the partial model is; `undefined` when there is none, or it was not asked for. */
  readonly partial: string | undefined;
}

/**
 * Ends a job: at its node, which hands out the partial model, and at Central, which shares out the escrow. Without the
 * node Central alone is enough. Of a job that was cancelled before, the partial model can still be fetched.
 *
 * @throws CyxwizError `JOB_NOT_FOUND`, `JOB_ENDED`
 */
export async function cancelJob(context: JobContext, jobId: string, options: CancelOptions): Promise<Cancellation> {
  const { signal } = context;
  const { reason = "cancelled by its owner" } = options;
  const known = await askForStatus(context.central, jobId, signal);
  const job = await findPaidJob(context, jobId, known, signal);
  const status = known?.status?.status;
  if (status !== undefined && CALLED_OFF.includes(status) && options.partial !== undefined) {
    const partial = await withSession(context, job, (session) => fetchPartial(context, session, job, options.partial));
    return { recovery: await recoverFunds(context, job, { reason, cancel: true, signal }), epochs: undefined, partial };
  }
  assertNotEnded(jobId, known);
  const isRunning = status === StatusCode.STATUS_IN_PROGRESS;
  const stopped = isRunning ? await stopAtNode(context, job, { ...options, reason }) : undefined;
  if (stopped) await letNodeReport(context, jobId);
  const recovery = await recoverFunds(context, job, { reason, cancel: true, signal });
  if (recovery !== "still in escrow") await context.records.remove(jobId);
  return { recovery, epochs: stopped?.epochs, partial: stopped?.partial };
}

/** The node's last epochs count for its pay, so its own report of the end is waited for, if not for long. */
async function letNodeReport({ central, signal }: JobContext, jobId: string): Promise<void> {
  const untilMs = performance.now() + REPORT_WITHIN_MS;
  while (performance.now() < untilMs) {
    const known = await askForStatus(central, jobId, signal);
    if (known?.status?.status !== StatusCode.STATUS_IN_PROGRESS) return;
    await wait(POLL_MS, `Job ${jobId}`, signal);
  }
}

/** Undefined where the node cannot be asked, or has no such job running. */
async function stopAtNode(
  context: JobContext,
  job: PaidJob,
  { reason, partial }: CancelOptions & { reason: string },
): Promise<Pick<Cancellation, "epochs" | "partial"> | undefined> {
  const { jobId } = job;
  const { signal } = context;
  try {
    return await withSession(context, job, async (session) => {
      const signature = await signBytes(context.wallet, encodeCancelOrder(jobIdToBytes(jobId)));
      const order = { jobId, reason, savePartialModel: true, signature };
      const { epochsCompleted: epochs, partialModelSaved } = await session.client.cancelTraining(order, { signal });
      const path = partialModelSaved ? partial : undefined;
      return { epochs, partial: await fetchPartial(context, session, job, path) };
    });
  } catch (error) {
    if (signal.aborted || !mayCancelWithout(error)) throw error;
    return undefined;
  }
}

async function withSession<T>(
  context: JobContext,
  job: PaidJob,
  use: (session: NodeSession) => Promise<T>,
): Promise<T> {
  // A node that is gone must not hold up the cancellation for long.
  const connecting = AbortSignal.any([context.signal, AbortSignal.timeout(CONNECT_WITHIN_MS)]);
  const link = linkTo({ ...context, signal: connecting }, job);
  try {
    return await use(await link.session());
  } finally {
    link.close();
  }
}

async function fetchPartial(
  { signal }: JobContext,
  session: NodeSession,
  { jobId }: PaidJob,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const path = resolve(file);
  await downloadFrom(session, jobId, { path, signal });
  return path;
}

function mayCancelWithout(error: unknown): boolean {
  return (
    isCyxwizError(error) &&
    ["UNREACHABLE", "CALL_TIMED_OUT", "ABORTED", "JOB_ILLEGAL_MOVE", "NODE_BUSY"].includes(error.code)
  );
}
