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
  return node.lastHeartbeatAt >= onlineSince(context);
}

/** When a node must have spoken last to be online now. */
export function onlineSince(context: Pick<Context, "nowMs" | "config">): Date {
  return new Date(context.nowMs() - context.config.heartbeatSeconds * MISSED_HEARTBEATS * 1_000);
}
