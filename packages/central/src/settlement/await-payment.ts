import { once } from "node:events";
import type { Context } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { findJob, stateOf } from "../jobs/find-job.ts";

/** Settles a job and waits until that is over, but not longer than `withinMs`. */
export async function awaitPayment(context: Context, jobId: string, withinMs: number): Promise<Job> {
  // The durable worker goes on where this leaves off.
  const settled = context.settler.run(jobId).catch((error: unknown) => {
    context.log.info({ err: error, jobId }, "the settlement goes on later");
  });
  const deadline = AbortSignal.timeout(withinMs);
  await Promise.race([settled, once(deadline, "abort")]);
  return findJob(context.db, jobId);
}

/** Whether the payment is confirmed. */
export function isPaid(job: Job): boolean {
  return stateOf(job) === "COMPLETED";
}
