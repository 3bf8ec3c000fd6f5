import { CyxwizError } from "@cyxwiz/errors";
import { and, eq, inArray, lt, or } from "drizzle-orm";
import type { Context } from "../context.ts";
import { jobs, nodes } from "../database/schema/index.ts";
import { failJob } from "../jobs/fail-job.ts";
import { queueReputation } from "./reputation.ts";

/** Fails the jobs of nodes that have been silent for too long; their payers get everything back. */
export async function sweepSilentNodes(context: Context): Promise<string[]> {
  const { silenceSeconds } = context.config;
  const deadline = new Date(context.nowMs() - silenceSeconds * 1_000);
  const lost = await context.db
    .select({ jobId: jobs.id, nodeId: nodes.id })
    .from(jobs)
    .innerJoin(nodes, eq(jobs.assignedNodeId, nodes.id))
    .where(
      or(
        and(inArray(jobs.status, ["ESCROW_CONFIRMED", "RUNNING"]), lt(nodes.lastHeartbeatAt, deadline)),
        // A node that was started anew lives, but knows nothing of its job any more.
        and(eq(jobs.status, "RUNNING"), lt(jobs.nodeSeenAt, deadline)),
      ),
    );
  const failed: string[] = [];
  for (const { jobId, nodeId } of lost) {
    const silence = { what: `Node ${nodeId} was silent: job ${jobId}`, timeoutMs: silenceSeconds * 1_000 };
    await context.db.transaction(async (tx) => {
      if (!(await failJob(context, tx, jobId, new CyxwizError("TIMED_OUT", silence)))) return;
      await queueReputation(context, tx, nodeId, "JOB_TIMED_OUT");
      failed.push(jobId);
    });
    context.log.warn({ jobId, nodeId }, "node was silent; its job failed");
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
