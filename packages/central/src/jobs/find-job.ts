import { CyxwizError } from "@cyxwiz/errors";
import { eq } from "drizzle-orm";
import type { Tx } from "../database/connect.ts";
import { type Job, jobs } from "../database/schema/index.ts";
import { requireJobId } from "./job-id.ts";
import type { JobState } from "./lifecycle.ts";

/** A job's row. Throws JOB_NOT_FOUND. */
export async function findJob(tx: Tx, jobId: string): Promise<Job> {
  requireJobId(jobId);
  const job = await findJobIfAny(tx, jobId);
  if (!job) throw new CyxwizError("JOB_NOT_FOUND", { jobId });
  return job;
}

/** A job's row, or nothing: work that was queued for a job may come when that is forgotten. Trouble is thrown, so that it stays queued. */
export async function findJobIfAny(tx: Tx, jobId: string): Promise<Job | undefined> {
  const [job] = await tx.select().from(jobs).where(eq(jobs.id, jobId));
  return job;
}

/** A job's row, as its users may see it. Throws JOB_NOT_FOUND, also for a job that was deleted. */
export async function findVisibleJob(tx: Tx, jobId: string): Promise<Job> {
  const job = await findJob(tx, jobId);
  if (job.deletedAt !== null) throw new CyxwizError("JOB_NOT_FOUND", { jobId });
  return job;
}

/** A job's state, which stays so until the transaction ends. Throws JOB_NOT_FOUND. */
export async function lockState(tx: Tx, jobId: string): Promise<JobState> {
  requireJobId(jobId);
  const [job] = await tx.select({ status: jobs.status }).from(jobs).where(eq(jobs.id, jobId)).for("update");
  if (!job) throw new CyxwizError("JOB_NOT_FOUND", { jobId });
  return job.status as JobState;
}

/** The state in a row, typed. */
export function stateOf(job: Job): JobState {
  return job.status as JobState;
}
