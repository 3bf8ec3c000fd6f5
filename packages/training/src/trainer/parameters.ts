import { CyxwizError } from "@cyxwiz/errors";
import { trainingMemoryBytes } from "../spec/estimate-work.ts";
import { SPEC_LIMITS } from "../spec/limits.ts";
import type { TrainingSpec } from "../spec/types.ts";

/** Other parameters than the spec's, from the start of an epoch on. What is not named stays as it is. */
export interface ParameterChange {
  /** From 1. */
  readonly firstEpoch: number;
  /** A constant; it takes the place of a schedule. */
  readonly learningRate?: number;
  readonly batchSize?: number;
}

/** What has been changed so far, and holds. */
export interface ParametersInForce {
  readonly learningRate?: number;
  readonly batchSize?: BatchSizeInForce;
}

/** A batch size, and where it came into force: how many steps an epoch has decides where the steps stand. */
export interface BatchSizeInForce {
  readonly value: number;
  /** Epochs done before. */
  readonly epoch: number;
  /** Steps done before. */
  readonly step: number;
}

/**
 * Checks that a change says something, that each value is one that a spec could have, and that the job has such an epoch.
 *
 * @throws CyxwizError `INVALID_FIELD`
 */
export function checkChange(spec: TrainingSpec, change: ParameterChange): void {
  const { firstEpoch, learningRate, batchSize } = change;
  const { epochs } = spec.training;
  if (!isWithin(firstEpoch, 1, epochs))
    invalid("first_epoch", `must be a whole number from 1 to ${epochs}`, firstEpoch);
  if (learningRate === undefined && batchSize === undefined) {
    throw new CyxwizError("INVALID_FIELD", { field: "parameters", problem: "names no parameter to change" });
  }
  const { learningRate: highest, batchSize: largest, memoryBytes } = SPEC_LIMITS;
  if (learningRate !== undefined && !(learningRate > 0 && learningRate <= highest)) {
    invalid("learning_rate", `must be above 0 and at most ${highest}`, learningRate);
  }
  if (batchSize === undefined) return;
  if (!isWithin(batchSize, 1, largest)) invalid("batch_size", `must be a whole number from 1 to ${largest}`, batchSize);
  const bytes = trainingMemoryBytes({ ...spec, training: { ...spec.training, batch_size: batchSize } });
  if (bytes > memoryBytes) invalid("batch_size", `needs ${bytes} bytes of ${memoryBytes}`, batchSize);
}

/** What is in force in an epoch that the changes begin with; of two that name the same, the later counts. */
export function changed(
  before: ParametersInForce | undefined,
  changes: readonly ParameterChange[],
  at: { readonly epoch: number; readonly step: number },
): ParametersInForce | undefined {
  let inForce = before;
  for (const { learningRate, batchSize } of changes) {
    inForce = {
      ...inForce,
      ...(learningRate !== undefined && { learningRate }),
      ...(batchSize !== undefined && { batchSize: { value: batchSize, ...at } }),
    };
  }
  return inForce;
}

/** The spec as it stands with what is in force. */
export function specInForce(spec: TrainingSpec, inForce: ParametersInForce | undefined): TrainingSpec {
  if (inForce === undefined) return spec;
  const { optimizer, batch_size } = spec.training;
  const { learningRate: learning_rate = optimizer.config.learning_rate, batchSize } = inForce;
  const config = { ...optimizer.config, learning_rate };
  const training = {
    ...spec.training,
    optimizer: { ...optimizer, config } as typeof optimizer,
    batch_size: batchSize?.value ?? batch_size,
  };
  return { ...spec, training };
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}

function invalid(field: string, problem: string, value: number): never {
  throw new CyxwizError("INVALID_FIELD", { field, problem: `${problem}, got ${value}` });
}
