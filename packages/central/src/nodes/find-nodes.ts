import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { isCanonicalUuid } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { DeviceType, type NodeInfo, NodeInfoSchema, FindNodesRequest_SortBy as SortBy } from "@cyxwiz/protocol";
import { and, asc, count, eq } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type Job, jobs, nodes } from "../database/schema/index.ts";
import { isOnline } from "./online.ts";

type Row = typeof nodes.$inferSelect;

/** The node that a job was given to. */
export async function assignmentOf(context: Pick<Context, "db">, job: Job): Promise<Row | undefined> {
  if (job.assignedNodeId === null) return undefined;
  const [node] = await context.db.select().from(nodes).where(eq(nodes.id, job.assignedNodeId));
  return node;
}

/** What the protocol shows of a node: its own words, with what Central and the chain know in their place. */
export async function nodeInfo(context: Context, nodeId: string): Promise<NodeInfo> {
  if (!isCanonicalUuid(nodeId)) throw new CyxwizError("NODE_NOT_FOUND", { nodeId });
  const [node] = await context.db.select().from(nodes).where(eq(nodes.id, nodeId));
  if (!node) throw new CyxwizError("NODE_NOT_FOUND", { nodeId });
  const [completed] = await context.db
    .select({ jobs: count() })
    .from(jobs)
    .where(and(eq(jobs.assignedNodeId, nodeId), eq(jobs.status, "COMPLETED")));
  return { ...toInfo(context, node), totalJobsCompleted: BigInt(completed?.jobs ?? 0) };
}

/** All nodes. */
export async function allNodes(context: Context): Promise<NodeInfo[]> {
  const rows = await context.db.select().from(nodes).orderBy(asc(nodes.registeredAt), asc(nodes.id));
  return rows.map((row) => toInfo(context, row));
}

function toInfo(context: Context, node: Row): NodeInfo {
  const info = fromJson(NodeInfoSchema, (node.info ?? {}) as JsonValue, { ignoreUnknownFields: true });
  return {
    ...info,
    nodeId: node.id,
    walletAddress: node.walletPubkey ?? "",
    isOnline: isOnline(context, node),
    lastHeartbeat: BigInt(Math.floor((node.lastHeartbeatAt?.getTime() ?? 0) / 1_000)),
    reputationScore: node.reputationScore ?? 0,
    stakedAmount: Number(node.stakeAmount ?? 0n) / 1e9,
    averageRating: mean(node.reputation?.ratingSum, node.reputation?.ratingCount),
    totalComputeHours: 0n,
    uptimePercentage: mean(node.reputation?.uptimeSum, node.reputation?.uptimeCount) / 10,
  };
}

function mean(sum = 0, count = 0): number {
  return count === 0 ? 0 : sum / count;
}

/** Whether a node has a device; every node has a CPU. */
export function hasDevice(info: NodeInfo, type: DeviceType): boolean {
  if (type === DeviceType.DEVICE_UNKNOWN || type === DeviceType.DEVICE_CPU) return true;
  return info.devices.some(({ deviceType }) => deviceType === type);
}

/** Orders nodes: cheapest, fastest, best known, or last seen first. */
export function compareNodes(sortBy: SortBy): (a: NodeInfo, b: NodeInfo) => number {
  switch (sortBy) {
    case SortBy.PERFORMANCE:
      return (a, b) => b.computeScore - a.computeScore;
    case SortBy.REPUTATION:
      return (a, b) => b.reputationScore - a.reputationScore;
    case SortBy.AVAILABILITY:
      return (a, b) => Number(b.lastHeartbeat - a.lastHeartbeat);
    default:
      return (a, b) => pricePerHour(a) - pricePerHour(b);
  }
}

/** What a node asks an hour, in whole tokens; for showing, not for reckoning. */
export function pricePerHour(info: NodeInfo): number {
  return info.pricing?.pricePerHour ?? 0;
}
