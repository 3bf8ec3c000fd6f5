import { CyxwizError } from "@cyxwiz/errors";
import { type Context, now } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { findJob, stateOf } from "./find-job.ts";
import { tryMove } from "./move-job.ts";

/** Notes that the node has taken the job; saying so again changes nothing. Throws JOB_ILLEGAL_MOVE. */
export async function acceptJob(context: Context, job: Job): Promise<void> {
  const moved = await context.db.transaction((tx) =>
    tryMove(context, tx, job.id, "accept", { startedAt: now(context), nodeSeenAt: now(context) }),
  );
  if (moved) {
    context.log.info({ jobId: job.id, nodeId: job.assignedNodeId }, "job accepted");
    return;
  }
  const state = stateOf(await findJob(context.db, job.id));
  if (["RUNNING", "VERIFYING", "PAYING", "COMPLETED"].includes(state)) return;
  throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId: job.id, from: state, event: "accept" });
}
