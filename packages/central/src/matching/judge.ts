import { workDurationMs } from "../pricing/duration.ts";
import { price } from "../pricing/price.ts";
import { CYXWIZ } from "../pricing/rates.ts";
import { type Candidate, computeClass, deviceOf, isGpu } from "./candidate.ts";
import {
  deviceName,
  inMebibytes,
  type JobNeeds,
  type Offer,
  type Reason,
  type Rejected,
  type Verdict,
} from "./match.ts";
import { tierOf } from "./tiers.ts";
import { cyxwiz, seconds } from "./words.ts";

/** No escrow lasts longer, however often its payer gives the job more time. */
const LONGEST_MS = 365n * 86_400_000n;

/** Prices a job on one node, or says why that node can't take it. */
export function judge(needs: JobNeeds, candidate: Candidate, minimumStake: (amount: bigint) => bigint): Verdict {
  const unable = whyUnable(needs, candidate);
  if (unable) return reject(candidate, ...unable);
  const offer = offerOf(needs, candidate, minimumStake);
  const { amount, durationMs, tier, largestJob } = offer;
  if (durationMs > LONGEST_MS) {
    return reject(candidate, "hardware", `it would take more than a year (${seconds(durationMs)})`, offer);
  }
  if (amount > largestJob) {
    const because = `it costs ${cyxwiz(amount)} there, and a ${tier} node (reputation ${candidate.reputation}) may take jobs up to ${cyxwiz(largestJob)}`;
    return reject(candidate, "tier", because, offer);
  }
  if (candidate.staked < offer.minimumStake) {
    const because = `a job of ${cyxwiz(amount)} asks for a stake of ${cyxwiz(offer.minimumStake)}, and it has ${cyxwiz(candidate.staked)}`;
    return reject(candidate, "stake", because, offer);
  }
  return { candidate, ...offer };
}

/** The verdict on a node that can't take a job. */
export function reject(candidate: Candidate, reason: Reason, because: string, offer?: Offer): Rejected {
  return { candidate, reason, because, ...(offer && { offer }) };
}

function whyUnable(needs: JobNeeds, candidate: Candidate): [Reason, string] | undefined {
  const { info, registration } = candidate;
  if (registration !== "active") return [registration, `the registry on chain says that it is ${registration}`];
  if (!candidate.online) return ["offline", "it has not been heard of lately"];
  if (candidate.busy) return ["busy", "it is held for another job"];
  if (candidate.heldFor !== undefined && candidate.heldFor !== needs.payer) {
    return ["busy", "it is kept for the next job of another wallet"];
  }
  if (candidate.undecidedJobs !== undefined) {
    return ["busy", `the pay of ${candidate.undecidedJobs} of its jobs is not decided yet`];
  }
  if (candidate.wallet === needs.payer) return ["ownWallet", "it belongs to the payer's own wallet"];
  const device = deviceOf(info, needs.device);
  const name = deviceName(needs.device);
  if (isGpu(needs.device) && !device) return ["hardware", `it has no ${name} device`];
  const asked = inMebibytes(needs.memoryBytes);
  if (info.ramTotal > 0n && info.ramTotal < needs.memoryBytes) {
    return ["hardware", `the job needs ${asked} of memory, and it has ${inMebibytes(info.ramTotal)}`];
  }
  if (isGpu(needs.device) && device && device.vramTotal > 0n && device.vramTotal < needs.memoryBytes) {
    return ["hardware", `the job needs ${asked} of ${name} memory, and it has ${inMebibytes(device.vramTotal)}`];
  }
  return undefined;
}

function offerOf(needs: JobNeeds, candidate: Candidate, minimumStake: (amount: bigint) => bigint): Offer {
  const { info } = candidate;
  const durationMs = needs.statedDurationMs ?? workDurationMs(needs.flops, candidate.flopsPerSecond);
  const { tier, largestJob } = tierOf(candidate.reputation);
  const own = ownPrice(info.pricing?.pricePerHour);
  const amount = price({
    compute: computeClass(needs.device, deviceOf(info, needs.device)),
    ramBytes: needs.memoryBytes,
    vramBytes: isGpu(needs.device) ? needs.memoryBytes : 0n,
    durationMs,
    priority: needs.priority,
    tier,
    ...(own === undefined ? {} : { nodePricePerHour: own }),
  });
  return { amount, durationMs, tier, largestJob, minimumStake: minimumStake(amount) };
}

// The protocol has a node's own price only as a double of whole tokens; it becomes base units here, once.
function ownPrice(pricePerHour: number | undefined): bigint | undefined {
  if (pricePerHour === undefined || !(pricePerHour > 0) || pricePerHour > 1e6) return undefined;
  return BigInt(Math.round(pricePerHour * Number(CYXWIZ)));
}
