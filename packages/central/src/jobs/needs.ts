import { DeviceType } from "@cyxwiz/protocol";
import { estimateWork } from "@cyxwiz/training";
import type { JobNeeds } from "../matching/match.ts";
import type { CheckedConfig } from "./job-config.ts";

/** What existing engines, which don't say how much data they have, are taken to have. */
const ASSUMED_SAMPLES = 60_000;

/** What a checked job needs of a node, from its own cost and not from a guess where that is possible. */
export function needsOf({ config, spec, priority }: CheckedConfig): JobNeeds {
  const stated = config.datasetSamples > 0n;
  const trainSamples = stated ? Number(config.datasetSamples) : ASSUMED_SAMPLES;
  const work = estimateWork({ spec, trainSamples, testSamples: Number(config.testSamples) });
  const memory = BigInt(Math.ceil(work.memoryBytes));
  return {
    payer: config.paymentAddress,
    device: config.requiredDevice === DeviceType.DEVICE_UNKNOWN ? DeviceType.DEVICE_CPU : config.requiredDevice,
    flops: work.flops,
    memoryBytes: config.estimatedMemory > memory ? config.estimatedMemory : memory,
    priority,
    ...(!stated && config.estimatedDuration > 0n ? { statedDurationMs: config.estimatedDuration * 1_000n } : {}),
  };
}
