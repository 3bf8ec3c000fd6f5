import { CyxwizError } from "@cyxwiz/errors";
import { and, eq, inArray, isNull } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { type Job, jobHistory, jobs, reservations } from "../database/schema/index.ts";
import { findJob, stateOf } from "./find-job.ts";
import { after, HOLDING, type JobEvent, statesBefore } from "./lifecycle.ts";
import { announce } from "./updates.ts";

/** Columns that change together with the state. */
export type JobChange = Partial<Omit<Job, "id" | "status">>;

/**
 * Makes one move of the lifecycle, if the job is in a state that has it: one UPDATE on the condition of that state, so
 * of two that try at once one makes the move and the other learns that it came late. Call it in a transaction.
 *
 * @returns the job after the move, or `undefined` if its state has no such move.
 */
export async function tryMove(
  context: Pick<Context, "nowMs" | "newId" | "randomBytes">,
  tx: Tx,
  jobId: string,
  event: JobEvent,
  change: JobChange = {},
  detail?: string,
): Promise<Job | undefined> {
  const job = await findJob(tx, jobId);
  const from = stateOf(job);
  const to = after(from, event);
  if (to === undefined) return undefined;
  const [moved] = await tx
    .update(jobs)
    .set({ ...change, status: to })
    .where(and(eq(jobs.id, jobId), eq(jobs.status, from), inArray(jobs.status, statesBefore(event))))
    .returning();
  // Somebody else moved it between the two statements: what is possible now is another question.
  if (!moved) return tryMove(context, tx, jobId, event, change, detail);
  const at = now(context);
  await tx.insert(jobHistory).values({ jobId, event, fromStatus: from, toStatus: to, detail: detail ?? null, at });
  if (!HOLDING.includes(to)) {
    await tx
      .update(reservations)
      .set({ releasedAt: at })
      .where(and(eq(reservations.jobId, jobId), isNull(reservations.releasedAt)));
  }
  await announce(tx, jobId);
  return moved;
}

/** Like {@link tryMove}; throws JOB_ILLEGAL_MOVE where that gives `undefined`. */
export async function move(
  context: Pick<Context, "nowMs" | "newId" | "randomBytes">,
  tx: Tx,
  jobId: string,
  event: JobEvent,
  change: JobChange = {},
  detail?: string,
): Promise<Job> {
  const moved = await tryMove(context, tx, jobId, event, change, detail);
  if (moved) return moved;
  const { status } = await findJob(tx, jobId);
  throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from: status, event });
}
