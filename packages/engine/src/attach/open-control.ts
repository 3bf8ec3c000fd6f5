import type { JobContext } from "../engine-context.ts";
import { createJobControl, type JobControl } from "../node-session/job-control.ts";
import type { NodeLink } from "../node-session/node-link.ts";
import { linkTo } from "../stages/connect.ts";
import { askForStatus, assertNotEnded } from "../stages/job-end.ts";
import { findPaidJob } from "./paid-job.ts";

/**
 * Connects to the node of a job in order to command it.
 *
 * @throws CyxwizError `JOB_NOT_FOUND`, `JOB_ENDED`, `UNREACHABLE`
 */
export async function openControl(context: JobContext, jobId: string): Promise<JobControl & { link: NodeLink }> {
  const known = await askForStatus(context.central, jobId, context.signal);
  const job = await findPaidJob(context, jobId, known, context.signal);
  assertNotEnded(jobId, known);
  const link = linkTo(context, job);
  await link.session();
  return { ...createJobControl(context, jobId, link), link };
}
