import { CyxwizError } from "@cyxwiz/errors";
import type { Context } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { failJob } from "../jobs/fail-job.ts";
import { lockState } from "../jobs/find-job.ts";
import { queueReputation } from "./reputation.ts";

const MAX_PROBLEM = 1_000;

/**
 * Takes a node's word that it failed, or was told to stop: the payer gets everything back. Saying so again changes
 * nothing.
 */
export async function reportFailure(
  context: Context,
  job: Job,
  { problem, stopped }: { readonly problem: string; readonly stopped: boolean },
): Promise<void> {
  const failure = { jobId: job.id, problem: problem.slice(0, MAX_PROBLEM) || "the node gave no reason" };
  const failed = await context.db.transaction(async (tx) => {
    // Once the proof is accepted, the work is done and will be paid.
    const state = await lockState(tx, job.id);
    if (state !== "ESCROW_CONFIRMED" && state !== "RUNNING" && state !== "PENDING") return false;
    const isExcused = stopped && job.refusedReport === null;
    const reason = new CyxwizError(isExcused ? "JOB_STOPPED" : "NODE_REPORTED_FAILURE", failure);
    if (!(await failJob(context, tx, job.id, reason))) return false;
    // Stopping costs the client nothing, so it must not cost the node anything either.
    if (job.assignedNodeId && !isExcused) await queueReputation(context, tx, job.assignedNodeId, "JOB_FAILED");
    return true;
  });
  if (!failed) return;
  context.log.warn({ jobId: job.id, nodeId: job.assignedNodeId }, "the node reported that the job failed");
  void context.settler.run(job.id).catch(() => undefined);
}
