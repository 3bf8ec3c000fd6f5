import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { create } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import { type TrainingCheckpoint, TrainingCheckpointSchema } from "@cyxwiz/protocol";
import { encodeWeights, type Weights } from "@cyxwiz/training";
import type { Metrics } from "./updates.ts";

/** What a job has come to: its newest epoch, or, before the first one is done, its start as epoch 0. */
export interface FinishedEpoch {
  readonly epoch: number;
  /** Its link of the hash chain, hex. */
  readonly hash: string;
  readonly metrics: Metrics;
  readonly weights: Weights;
}

const compress = promisify(gzip);

/**
 * A checkpoint with its weights, as a safetensors file compressed with gzip; `weights_size` is that of the file itself.
 *
 * @param limitBytes the most that the weights may take up in the message; throws MESSAGE_TOO_LARGE beyond
 */
export async function checkpointWithWeights(
  { epoch, hash, metrics, weights }: FinishedEpoch,
  limitBytes: number,
): Promise<TrainingCheckpoint> {
  const file = encodeWeights(weights);
  // Weights are nearly random bits: more effort saves next to nothing.
  const weightsData = await compress(file, { level: 1 });
  if (weightsData.length > limitBytes) {
    const what = `The checkpoint of epoch ${epoch}`;
    throw new CyxwizError("MESSAGE_TOO_LARGE", { what, bytes: weightsData.length, limitBytes });
  }
  return create(TrainingCheckpointSchema, {
    epoch,
    weightsData,
    weightsSize: BigInt(file.length),
    compressionType: "gzip",
    checkpointHash: hash,
    metricsAtCheckpoint: { ...metrics },
  });
}
