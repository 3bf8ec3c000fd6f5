import { concatBytes, u32, utf8ToBytes } from "./bytes.ts";
import { encodeMetrics } from "./metrics.ts";

const DOMAIN = utf8ToBytes("cyxwiz:params:v1");

/** A payer's order to train with other parameters from an epoch on. */
export interface ParameterOrder {
  /** The UUID's 16 bytes. */
  readonly jobId: Uint8Array;
  /** The first epoch that the parameters hold for; from 1. */
  readonly firstEpoch: number;
  /** By the names of the training spec: `learning_rate`, `batch_size`. */
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * What the payer's wallet signs (Ed25519): "cyxwiz:params:v1" ‖ job id ‖ first epoch (u32 LE) ‖ the parameters, encoded as
 * metrics are.
 */
export function encodeParameterOrder({ jobId, firstEpoch, parameters }: ParameterOrder): Uint8Array {
  return concatBytes(DOMAIN, jobId, u32(firstEpoch), encodeMetrics(parameters));
}
