import { DeviceType } from "@cyxwiz/protocol";
import { workDurationMs } from "../pricing/duration.ts";
import { price } from "../pricing/price.ts";
import { CYXWIZ, type Priority } from "../pricing/rates.ts";
import { type Candidate, computeClass, deviceOf, isGpu } from "./candidate.ts";
import { tierOf } from "./tiers.ts";

/** What a job needs of a node. */
export interface JobNeeds {
  readonly payer: string;
  readonly device: DeviceType;
  readonly flops: bigint;
  readonly memoryBytes: bigint;
  readonly priority: Priority;
  /** For jobs whose work can't be computed: how long the client says it takes. */
  readonly statedDurationMs?: bigint;
}

/** A node that can take a job, and what it costs there. */
export interface Match {
  readonly candidate: Candidate;
  readonly amount: bigint;
  readonly durationMs: bigint;
}

const REJECTIONS = {
  offline: "offline",
  busy: "busy with other jobs",
  ownWallet: "the payer's own",
  hardware: "without the hardware",
  tier: "not trusted with so large a job yet",
  stake: "with too little stake",
} as const;
export type Rejection = keyof typeof REJECTIONS;

/** Prices a job on one node, or says why that node can't take it. */
export function judge(
  needs: JobNeeds,
  candidate: Candidate,
  minimumStake: (amount: bigint) => bigint,
): Match | Rejection {
  const { info } = candidate;
  if (!candidate.online) return "offline";
  if (candidate.busy) return "busy";
  if (candidate.wallet === needs.payer) return "ownWallet";
  const device = deviceOf(info, needs.device);
  const gpu = isGpu(needs.device);
  if (gpu && !device) return "hardware";
  if (info.ramTotal > 0n && info.ramTotal < needs.memoryBytes) return "hardware";
  if (gpu && device && device.vramTotal > 0n && device.vramTotal < needs.memoryBytes) return "hardware";
  const durationMs = needs.statedDurationMs ?? workDurationMs(needs.flops, candidate.flopsPerSecond);
  const { tier, largestJob } = tierOf(candidate.reputation);
  const own = ownPrice(info.pricing?.pricePerHour);
  const amount = price({
    compute: computeClass(needs.device, device),
    ramBytes: needs.memoryBytes,
    vramBytes: gpu ? needs.memoryBytes : 0n,
    durationMs,
    priority: needs.priority,
    tier,
    ...(own === undefined ? {} : { nodePricePerHour: own }),
  });
  if (amount > largestJob) return "tier";
  if (candidate.staked < minimumStake(amount)) return "stake";
  return { candidate, amount, durationMs };
}

/** Which of two matches is offered first: diamonds, then the cheaper, the faster, the better known. */
export function compareMatches(a: Match, b: Match): number {
  const diamond = (match: Match) => (tierOf(match.candidate.reputation).tier === "diamond" ? 0 : 1);
  return (
    diamond(a) - diamond(b) ||
    compare(a.amount, b.amount) ||
    compare(a.durationMs, b.durationMs) ||
    b.candidate.reputation - a.candidate.reputation
  );
}

/** "2 nodes busy with other jobs, 1 offline." */
export function explain(rejections: readonly Rejection[]): string {
  if (rejections.length === 0) return "No node is registered.";
  const counts = Map.groupBy(rejections, (rejection) => rejection);
  const parts = [...counts].map(([rejection, all]) => `${all.length} ${REJECTIONS[rejection]}`);
  return `Of ${rejections.length} ${rejections.length === 1 ? "node" : "nodes"}: ${parts.join(", ")}.`;
}

/** "CPU, 300 MiB of memory" */
export function describeNeeds(needs: JobNeeds): string {
  const names = Object.entries(DeviceType).find(([, value]) => value === needs.device);
  const device = isGpu(needs.device) ? (names?.[0] ?? "a GPU").replace("DEVICE_", "") : "CPU";
  return `${device}, ${needs.memoryBytes / 1_048_576n + 1n} MiB of memory`;
}

// The protocol has a node's own price only as a double of whole tokens; it becomes base units here, once.
function ownPrice(pricePerHour: number | undefined): bigint | undefined {
  if (pricePerHour === undefined || !(pricePerHour > 0) || pricePerHour > 1e6) return undefined;
  return BigInt(Math.round(pricePerHour * Number(CYXWIZ)));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
