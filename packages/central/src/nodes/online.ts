import type { Context } from "../context.ts";
import type { nodes } from "../database/schema/index.ts";

/** New jobs go only to nodes that spoke within this many heartbeats. */
const MISSED_HEARTBEATS = 3;

/** Whether a node has spoken recently enough to be given work. */
export function isOnline(
  context: Pick<Context, "nowMs" | "config">,
  node: Pick<typeof nodes.$inferSelect, "lastHeartbeatAt" | "sessionHash">,
): boolean {
  if (node.lastHeartbeatAt === null || node.sessionHash === null) return false;
  const allowedMs = context.config.heartbeatSeconds * MISSED_HEARTBEATS * 1_000;
  return context.nowMs() - node.lastHeartbeatAt.getTime() <= allowedMs;
}
