import type { JsonValue } from "@bufbuild/protobuf";
import { fromJson } from "@bufbuild/protobuf";
import { type DeviceCaps, DeviceType, type NodeInfo, NodeInfoSchema } from "@cyxwiz/protocol";
import type { nodes } from "../database/schema/index.ts";
import type { ComputeClass } from "../pricing/rates.ts";

/** A node's standing in the registry on chain. */
export type Registration = "active" | "suspended" | "banned" | "withdrawn";

/** A node as matchmaking sees it. */
export interface Candidate {
  readonly nodeId: string;
  readonly wallet: string;
  readonly info: NodeInfo;
  readonly registration: Registration;
  readonly online: boolean;
  /** Held for another job. */
  readonly busy: boolean;
  /** Jobs that it has finished and whose pay is not decided, where these are as many as a node may have. */
  readonly undecidedJobs?: number | undefined;
  /** The wallet whose next job it is kept for. */
  readonly heldFor?: string | undefined;
  readonly staked: bigint;
  /** The score on chain, of 1000. */
  readonly reputation: number;
  readonly flopsPerSecond: bigint;
  /** Jobs it works on, as the registry or, if that is more, the node itself says. */
  readonly runningJobs: number;
}

/** The candidate behind a node's row. */
export function toCandidate(
  node: typeof nodes.$inferSelect,
  facts: Pick<Candidate, "busy" | "online" | "undecidedJobs" | "heldFor">,
): Candidate {
  return {
    nodeId: node.id,
    wallet: node.walletPubkey ?? "",
    info: fromJson(NodeInfoSchema, (node.info ?? {}) as JsonValue, { ignoreUnknownFields: true }),
    registration: node.registration as Registration,
    staked: node.stakeAmount ?? 0n,
    reputation: node.reputationScore ?? 0,
    flopsPerSecond: node.flopsPerSecond ?? 0n,
    runningJobs: Math.max(node.runningJobs, node.activeJobs),
    ...facts,
  };
}

/** A node's device of a kind. CPU is always there, whether it is listed or not. */
export function deviceOf(info: NodeInfo, type: DeviceType): DeviceCaps | undefined {
  return info.devices.find((device) => device.deviceType === type);
}

/** True for a device that is no CPU. */
export function isGpu(type: DeviceType): boolean {
  return type !== DeviceType.DEVICE_UNKNOWN && type !== DeviceType.DEVICE_CPU;
}

const DATA_CENTRE = /\b(A100|A30|A40|A10|H100|H200|B100|B200|GH200|V100|P100|T4|L4|L40S?|MI\d{2,3}X?)\b/i;

/** What a device is charged as. */
export function computeClass(type: DeviceType, device: DeviceCaps | undefined): ComputeClass {
  if (!isGpu(type)) return "cpu";
  return DATA_CENTRE.test(`${device?.gpuModel ?? ""} ${device?.deviceName ?? ""}`) ? "dataCentreGpu" : "consumerGpu";
}
