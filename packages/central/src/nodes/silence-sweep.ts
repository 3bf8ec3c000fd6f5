import { CyxwizError } from "@cyxwiz/errors";
import { and, eq, inArray, lt, or, sql } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { jobs, nodes } from "../database/schema/index.ts";
import { failJob } from "../jobs/fail-job.ts";
import { lockState } from "../jobs/find-job.ts";
import { queueReputation } from "./reputation.ts";
import { lookForNodes } from "./uptime.ts";

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
      context.log.warn({ jobId, nodeId, isOverdue }, "node was silent or too slow; its job failed");
    });
  }
  return failed;
}

/** A process that did nothing for so long stood still, and its machine with it. */
const STOOD_STILL_MS = 30_000;
/** More often than nodes are looked for, which is counted from look to look. */
const LOOK_FOR_NODES_MS = 30_000;

/**
 * Sweeps again and again until stopped. Jobs at rest are found by their rows, so nothing is lost in a restart.
 *
 * Nodes can only make themselves heard while Central and its database are there. So nobody is judged silent before
 * both were there for as long as the silence may last: after a start, an outage of the database, or a standstill.
 *
 * @param clockMs real time, by which a standstill is noticed
 */
export function startSweeping(
  context: Context,
  everyMs: number,
  clockMs: () => number = Date.now,
): { stop(): Promise<void> } {
  let current: Promise<unknown> = Promise.resolve();
  let busy = false;
  let listeningSinceMs = context.nowMs();
  let lastTickMs = clockMs();
  let lookForNodesAtMs = lastTickMs;

  async function look(): Promise<void> {
    const askedMs = clockMs();
    await context.db.execute(sql`select 1`);
    // It stood still in between; the next tick notices that.
    if (clockMs() - askedMs > STOOD_STILL_MS) return;
    if (context.nowMs() - listeningSinceMs < context.config.silenceSeconds * 1_000) return;
    if (clockMs() >= lookForNodesAtMs) {
      lookForNodesAtMs = clockMs() + LOOK_FOR_NODES_MS;
      await lookForNodes(context);
    }
    const failed = await sweepSilentNodes(context);
    await Promise.allSettled(failed.map((jobId) => context.settler.run(jobId)));
  }

  const timer = setInterval(() => {
    const tickMs = clockMs();
    if (tickMs - lastTickMs > STOOD_STILL_MS) listeningSinceMs = context.nowMs();
    lastTickMs = tickMs;
    if (busy) return;
    busy = true;
    current = look()
      .catch((error: unknown) => {
        listeningSinceMs = context.nowMs();
        context.log.error({ err: error }, "sweep");
      })
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
