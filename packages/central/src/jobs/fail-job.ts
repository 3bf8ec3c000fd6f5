import type { CyxwizError } from "@cyxwiz/errors";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import type { Job } from "../database/schema/index.ts";
import { tryMove } from "./move-job.ts";

/** Ends a job as failed, in a transaction; whatever its escrow holds goes back. False when it can't fail any more. */
export async function failJob(
  context: Pick<Context, "nowMs" | "newId" | "randomBytes" | "queue">,
  tx: Tx,
  jobId: string,
  reason: CyxwizError,
): Promise<boolean> {
  const failure = { code: reason.number, message: reason.message };
  const job = await tryMove(context, tx, jobId, "fail", { failure, completedAt: now(context) }, reason.message);
  if (!job) return false;
  await queueRefund(context, tx, job);
  return true;
}

/** Sends an escrow on its way back, if the job has one. */
export async function queueRefund(
  context: Pick<Context, "nowMs" | "newId" | "randomBytes" | "queue">,
  tx: Tx,
  job: Job,
): Promise<boolean> {
  if (job.escrowAddress === null) return false;
  if (!(await tryMove(context, tx, job.id, "refund"))) return false;
  await context.queue.send(tx, "settle", job.id);
  return true;
}
