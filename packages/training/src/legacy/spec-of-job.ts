import { CyxwizError } from "@cyxwiz/errors";
import type { TrainingSpec } from "../spec/types.ts";
import { parseModelDefinition } from "./parse-model-definition.ts";

/** What of a job's config says how it is trained, named as in the protocol's JobConfig. */
export interface JobModel {
  readonly modelDefinition: string;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: bigint;
  readonly hyperparameters: Readonly<Record<string, string>>;
}

/**
 * What a job's config says is to be trained, whichever way it says so.
 *
 * @throws CyxwizError `MODEL_INVALID`, or `INVALID_FIELD` for a seed that is no whole number in float64.
 */
export function specOfJob({ modelDefinition, batchSize, epochs, seed, hyperparameters }: JobModel): TrainingSpec {
  if (seed > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new CyxwizError("INVALID_FIELD", { field: "seed", problem: "must be below 2^53" });
  }
  return parseModelDefinition(modelDefinition, { batchSize, epochs, seed: Number(seed), hyperparameters });
}
