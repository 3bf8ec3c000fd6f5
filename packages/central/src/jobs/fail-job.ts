import type { CyxwizError } from "@cyxwiz/errors";
import { and, eq, isNull } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { type Job, jobs } from "../database/schema/index.ts";
import { tryMove } from "./move-job.ts";

type MoveContext = Pick<Context, "nowMs" | "newId" | "randomBytes">;
type QueueContext = MoveContext & Pick<Context, "queue">;

/** Ends a job as failed, in a transaction; whatever its escrow holds goes back. False when it can't fail any more. */
export async function failJob(context: QueueContext, tx: Tx, jobId: string, reason: CyxwizError): Promise<boolean> {
  const job = await markFailed(context, tx, jobId, reason);
  if (!job) return false;
  await queueRefund(context, tx, job);
  return true;
}

/** Like {@link failJob}, for the settlement itself: it is at work on the job, so nothing has to be queued. */
export async function failInSettlement(
  context: MoveContext,
  tx: Tx,
  jobId: string,
  reason: CyxwizError,
): Promise<boolean> {
  const job = await markFailed(context, tx, jobId, reason);
  if (!job) return false;
  await markRefunding(context, tx, job);
  return true;
}

/**
 * Has a job that was called off, and is on its way back already, count as one that has failed. False when it is not, or has
 * failed already.
 */
export async function failOnWayBack(tx: Tx, jobId: string, reason: CyxwizError): Promise<boolean> {
  const isCalledOff = and(eq(jobs.id, jobId), eq(jobs.status, "REFUNDING"), isNull(jobs.failure));
  const [failed] = await tx
    .update(jobs)
    .set({ failure: failureOf(reason) })
    .where(isCalledOff)
    .returning({ id: jobs.id });
  return failed !== undefined;
}

/** Sends an escrow on its way back, if the job has one. */
export async function queueRefund(context: QueueContext, tx: Tx, job: Job): Promise<boolean> {
  if (!(await markRefunding(context, tx, job))) return false;
  await context.queue.send(tx, "settle", job.id);
  return true;
}

function markFailed(context: MoveContext, tx: Tx, jobId: string, reason: CyxwizError): Promise<Job | undefined> {
  const change = { failure: failureOf(reason), completedAt: now(context) };
  return tryMove(context, tx, jobId, "fail", change, reason.message);
}

function failureOf({ number: code, message }: CyxwizError): NonNullable<Job["failure"]> {
  return { code, message };
}

async function markRefunding(context: MoveContext, tx: Tx, job: Job): Promise<boolean> {
  return job.escrowAddress !== null && (await tryMove(context, tx, job.id, "refund")) !== undefined;
}
