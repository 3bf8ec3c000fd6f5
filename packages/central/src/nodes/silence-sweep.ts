import { CyxwizError } from "@cyxwiz/errors";
import { and, eq, inArray, lt, or, sql } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { jobs, nodes } from "../database/schema/index.ts";
import { failJob } from "../jobs/fail-job.ts";
import { lockState } from "../jobs/find-job.ts";
import { queueReputation } from "./reputation.ts";

/** Fails the jobs of nodes that have been silent for too long; their payers get everything back. */
export async function sweepSilentNodes(context: Context): Promise<string[]> {
  const { silenceSeconds } = context.config;
  const deadline = new Date(context.nowMs() - silenceSeconds * 1_000);
  const nowAt = now(context);
  const isOverdue = sql<boolean>`${jobs.escrowDeadline} is not null and ${jobs.escrowDeadline} <= ${nowAt.toISOString()}`;
  const lost = await context.db
    .select({ jobId: jobs.id, nodeId: nodes.id, isOverdue })
    .from(jobs)
    .innerJoin(nodes, eq(jobs.assignedNodeId, nodes.id))
    .where(
      or(
        and(inArray(jobs.status, ["ESCROW_CONFIRMED", "RUNNING"]), lt(nodes.lastHeartbeatAt, deadline)),
        // A node that was started anew lives, but knows nothing of its job any more.
        and(eq(jobs.status, "RUNNING"), lt(jobs.nodeSeenAt, deadline)),
        // From here on anybody may send the tokens back; a node that only says that it works doesn't keep them.
        and(eq(jobs.status, "RUNNING"), isOverdue),
      ),
    );
  const failed: string[] = [];
  for (const { jobId, nodeId, isOverdue } of lost) {
    const reason = isOverdue
      ? { what: `Job ${jobId} at its escrow's deadline`, timeoutMs: context.config.escrowDeadlineSeconds * 1_000 }
      : { what: `Node ${nodeId} was silent: job ${jobId}`, timeoutMs: silenceSeconds * 1_000 };
    await context.db.transaction(async (tx) => {
      // Its proof may have come since the list was made; then it will be paid.
      if (!["ESCROW_CONFIRMED", "RUNNING"].includes(await lockState(tx, jobId))) return;
      if (!(await failJob(context, tx, jobId, new CyxwizError("TIMED_OUT", reason)))) return;
      await queueReputation(context, tx, nodeId, "JOB_TIMED_OUT");
      failed.push(jobId);
    });
    context.log.warn({ jobId, nodeId, isOverdue }, "node was silent or too slow; its job failed");
  }
  return failed;
}

/** Sweeps again and again until stopped. Jobs at rest are found by their rows, so nothing is lost in a restart. */
export function startSweeping(context: Context, everyMs: number): { stop(): Promise<void> } {
  let current: Promise<unknown> = Promise.resolve();
  let busy = false;
  const startedMs = context.nowMs();
  const timer = setInterval(() => {
    // While Central was away, no node could make itself heard.
    const listenedMs = context.nowMs() - startedMs;
    if (busy || listenedMs < context.config.silenceSeconds * 1_000) return;
    busy = true;
    current = sweepSilentNodes(context)
      .then((failed) => Promise.allSettled(failed.map((jobId) => context.settler.run(jobId))))
      .catch((error: unknown) => context.log.error({ err: error }, "sweep"))
      .finally(() => {
        busy = false;
      });
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await current;
    },
  };
}
