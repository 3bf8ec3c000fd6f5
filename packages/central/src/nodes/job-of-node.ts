import { CyxwizError } from "@cyxwiz/errors";
import type { Tx } from "../database/connect.ts";
import type { Job } from "../database/schema/index.ts";
import { findJob } from "../jobs/find-job.ts";

/** A job that was given to this node. Throws JOB_NOT_FOUND or NOT_YOURS. */
export async function jobOfNode(tx: Tx, jobId: string, nodeId: string): Promise<Job> {
  const job = await findJob(tx, jobId);
  if (job.assignedNodeId !== nodeId) throw new CyxwizError("NOT_YOURS", { what: `Job ${jobId}` });
  return job;
}
