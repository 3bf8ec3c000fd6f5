import { CyxwizError } from "@cyxwiz/errors";
import { and, eq, inArray } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { jobs } from "../database/schema/index.ts";
import { findJob } from "./find-job.ts";
import { ENDED } from "./lifecycle.ts";

type Needs = Pick<Context, "db" | "nowMs" | "newId" | "randomBytes">;

/**
 * Hides a job that is over. Something may still be on its way for it, such as an escrow that nobody has shown yet; so
 * the row itself goes later, see `forgetJobs`. Throws JOB_ILLEGAL_MOVE for a job that is not over.
 */
export async function deleteJob(context: Needs, jobId: string): Promise<void> {
  const { status } = await findJob(context.db, jobId);
  const deleted = await context.db
    .update(jobs)
    .set({ deletedAt: now(context) })
    .where(and(eq(jobs.id, jobId), inArray(jobs.status, [...ENDED])))
    .returning({ id: jobs.id });
  if (deleted.length === 0) throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from: status, event: "delete" });
}
