import { cpus, freemem, totalmem } from "node:os";
import { create } from "@bufbuild/protobuf";
import { sha256, utf8ToBytes } from "@cyxwiz/proof";
import { DeviceType, type NodeInfo, NodeInfoSchema } from "@cyxwiz/protocol";
import { SPEC_LIMITS } from "@cyxwiz/training";

/** What the machine offers; the part of it that does not change is hashed into the node's registration. */
export interface Capabilities {
  readonly cpuModel: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly runtimes: readonly string[];
}

export function readCapabilities(): Capabilities {
  const processors = cpus();
  return {
    cpuModel: processors[0]?.model.trim() || "unknown",
    cpuCores: Math.max(1, processors.length),
    memoryBytes: totalmem(),
    runtimes: ["wasm"],
  };
}

/** SHA-256 of the capabilities as JSON with sorted keys: the `capabilities_hash` on chain. */
export function hashCapabilities(capabilities: Capabilities): Uint8Array {
  const sorted = Object.entries(capabilities).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(utf8ToBytes(JSON.stringify(Object.fromEntries(sorted))));
}

export interface NodeDescription {
  readonly nodeId: string;
  readonly name: string;
  readonly region: string;
  readonly host: string;
  readonly port: number;
  readonly wallet: string;
  readonly computeScore: number;
  readonly capabilities: Capabilities;
  /** It audits the work of others. */
  readonly audits: boolean;
}

/** The node as Central and clients see it, with what is free at this moment. */
export function toNodeInfo(node: NodeDescription): NodeInfo {
  const { capabilities } = node;
  const memory = { memoryTotal: BigInt(capabilities.memoryBytes), memoryAvailable: BigInt(freemem()) };
  return create(NodeInfoSchema, {
    nodeId: node.nodeId,
    name: node.name,
    version: { major: 0, minor: 1, patch: 0 },
    devices: [
      {
        deviceType: DeviceType.DEVICE_CPU,
        deviceName: capabilities.cpuModel,
        computeUnits: capabilities.cpuCores,
        ...memory,
      },
    ],
    cpuCores: capabilities.cpuCores,
    ramTotal: memory.memoryTotal,
    ramAvailable: memory.memoryAvailable,
    ipAddress: node.host,
    port: node.port,
    region: node.region,
    computeScore: node.computeScore,
    walletAddress: node.wallet,
    isOnline: true,
    supportedFormats: ["safetensors"],
    maxModelSize: BigInt(SPEC_LIMITS.parameters * 4),
    audits: node.audits,
    availableRuntimes: [...capabilities.runtimes],
  });
}
