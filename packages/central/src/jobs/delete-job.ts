import { CyxwizError } from "@cyxwiz/errors";
import { and, eq, inArray } from "drizzle-orm";
import type { Context } from "../context.ts";
import { jobs } from "../database/schema/index.ts";
import { findJob } from "./find-job.ts";
import { ENDED } from "./lifecycle.ts";

/** Forgets a job that is over. Throws JOB_ILLEGAL_MOVE for any other. */
export async function deleteJob(context: Pick<Context, "db">, jobId: string): Promise<void> {
  const { status } = await findJob(context.db, jobId);
  const deleted = await context.db
    .delete(jobs)
    .where(and(eq(jobs.id, jobId), inArray(jobs.status, [...ENDED])))
    .returning({ id: jobs.id });
  if (deleted.length === 0) throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from: status, event: "delete" });
}
