import { isCanonicalUuid } from "@cyxwiz/contracts";
import type { HeartbeatRequest } from "@cyxwiz/protocol";
import { and, eq, inArray, sql } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { jobs, nodes } from "../database/schema/index.ts";
import { NOT_HELD } from "./hold.ts";
import { describe } from "./register-node.ts";

const MAX_ACTIVE_JOBS = 100;

/**
 * Notes that a node lives.
 *
 * @returns of the jobs it says it works on, those it should stop: they ended, or are not its own.
 */
export async function noteHeartbeat(
  context: Context,
  { id: nodeId, lastHeartbeatAt }: Pick<typeof nodes.$inferSelect, "id" | "lastHeartbeatAt">,
  request: HeartbeatRequest,
): Promise<string[]> {
  const status = request.currentStatus ? describe(request.currentStatus) : undefined;
  // A status without a benchmark is no news about speed.
  const { flopsPerSecond = 0n, ...rest } = status ?? {};
  const active = request.activeJobs.slice(0, MAX_ACTIVE_JOBS);
  await context.db
    .update(nodes)
    .set({
      lastHeartbeatAt: now(context),
      activeJobs: active.length,
      ...rest,
      // A node that still has a job was asked before it could know.
      ...(active.length === 0 && request.heldForWallet === "" ? NOT_HELD : {}),
      ...(flopsPerSecond > 0n ? { flopsPerSecond } : {}),
    })
    .where(eq(nodes.id, nodeId));
  if (active.length === 0) return [];
  const wanted = await context.db
    .update(jobs)
    .set({ nodeSeenAt: now(context) })
    .where(
      and(
        inArray(jobs.id, active.filter(isCanonicalUuid)),
        eq(jobs.assignedNodeId, nodeId),
        // While it verifies and pays, the engine may still be loading the weights.
        inArray(jobs.status, ["ESCROW_CONFIRMED", "RUNNING", "VERIFYING", "PAYING", "COMPLETED"]),
      ),
    )
    .returning({ id: jobs.id });
  await notePaused(context, { nodeId, lastHeartbeatAt }, request.pausedJobs);
  const keep = new Set(wanted.map(({ id }) => id));
  return active.filter((id) => !keep.has(id));
}

// The time since the last heartbeat, as far as it was one's own time to speak.
async function notePaused(
  context: Context,
  { nodeId, lastHeartbeatAt }: { readonly nodeId: string; readonly lastHeartbeatAt: Date | null },
  pausedJobs: readonly string[],
): Promise<void> {
  const paused = pausedJobs.slice(0, MAX_ACTIVE_JOBS).filter(isCanonicalUuid);
  if (paused.length === 0 || lastHeartbeatAt === null) return;
  const sinceSeconds = Math.round((context.nowMs() - lastHeartbeatAt.getTime()) / 1_000);
  const seconds = Math.min(Math.max(sinceSeconds, 0), 2 * context.config.heartbeatSeconds);
  await context.db
    .update(jobs)
    .set({ pausedSeconds: sql`${jobs.pausedSeconds} + ${seconds}` })
    .where(and(inArray(jobs.id, paused), eq(jobs.assignedNodeId, nodeId), eq(jobs.status, "RUNNING")));
}
