import { isCyxwizError } from "@cyxwiz/errors";
import { equalBytes, type Hash, hashMetrics, sha256Bulk, toHex } from "@cyxwiz/proof";
import { checkDataset, checkShapes } from "../data/check-dataset.ts";
import { checkState } from "../trainer/check-state.ts";
import type { ParametersInForce } from "../trainer/parameters.ts";
import { decodeState, encodeState, initialState, type TrainingState } from "../trainer/state.ts";
import { partsOf } from "../trainer/validation.ts";
import { compareMetrics, compareStates, type MetricDifference, type StateDifference } from "./difference.ts";
import { parametersAfter } from "./parameters-after.ts";
import { isOver, type ReplayedEpoch, type ReplayOptions, replay } from "./replay.ts";

/** What a job's link says of an epoch. */
export interface ClaimedEpoch {
  readonly stateHash: Hash;
  /** Of epoch 0 there are none. */
  readonly metricsHash: Hash;
}

/** Something that a job claims and replay does not give. Hashes are hex. */
export type Difference =
  | {
      readonly what: "state";
      readonly claimed: string;
      readonly replayed: string;
      /** Where the claimed state could be looked at. */
      readonly details?: readonly StateDifference[];
    }
  | {
      readonly what: "metrics";
      readonly claimed: string;
      readonly replayed: string;
      /** Where the claimed metrics are known. */
      readonly details?: readonly MetricDifference[];
    }
  | { readonly what: "result"; readonly claimed: string; readonly replayed: string }
  /** The state to start from is none of this job's, or training goes wrong from there. */
  | { readonly what: "start" | "training"; readonly problem: string }
  /** The run ends elsewhere; 0 where it would go on. */
  | { readonly what: "end"; readonly claimed: number; readonly replayed: number };

/** Whether an epoch is what the job claims. */
export interface EpochVerdict {
  readonly epoch: number;
  readonly holds: boolean;
  /** Empty where it holds. */
  readonly differences: readonly Difference[];
}

/** What to verify, by what, and where to look when something differs. */
export interface VerifyEpochsOptions extends Omit<ReplayOptions, "from"> {
  /** The job's links from the epoch of `from` to the epoch `to`; from epoch 0. */
  readonly claimed: (epoch: number) => ClaimedEpoch | undefined;
  /** A state that the node serves, as bytes; without one, the initial state, which follows from the job alone. */
  readonly from?: { readonly epoch: number; readonly bytes: Uint8Array };
  /** What the job claims to have ended with; its result is compared when the replay gets there. */
  readonly end?: { readonly epoch: number; readonly resultHash: Hash };
  /** The state that the node claims to have had after an epoch, if it can be had: to say what differs. */
  readonly claimedState?: (epoch: number) => Promise<Uint8Array | undefined>;
  /** The same of metrics. */
  readonly claimedMetrics?: (epoch: number) => Readonly<Record<string, number>> | undefined;
}

/**
 * Replays a part of a job and compares it with what the job is committed to: first the state to start from (a verdict
 * on its epoch), then every epoch, last the result. Ends after the first epoch that does not hold, because all that follows builds on it.
 *
 * @throws CyxwizError where nothing can be said: `DATA_INVALID` (the data set does not fit the spec), `ABORTED`
 * @example
 * for await (const { epoch, holds, differences } of verifyEpochs({ spec, dataset, claimed, to: 7 })) {
 *   console.log(epoch, holds, differences);
 * }
 */
export async function* verifyEpochs(options: VerifyEpochsOptions): AsyncGenerator<EpochVerdict, void, void> {
  const { spec, to, end, from: stored, ...rest } = options;
  // Of data that is not in memory, training checks the values.
  if ("data" in options.dataset.train.features) checkDataset(options.dataset, spec);
  else checkShapes(options.dataset, spec);
  const start = await openStart(options);
  yield verdict(stored?.epoch ?? 0, start.differences);
  if (start.differences.length > 0) return;
  try {
    for await (const event of replay({ ...rest, spec, to, from: start.state })) {
      if (event.type === "epoch") {
        const { epoch, state } = event;
        const differences = await compareEpoch(event, options);
        const over = isOver(spec, state);
        if (epoch === end?.epoch && !over) differences.push({ what: "end", claimed: epoch, replayed: 0 });
        // The result, which comes next, belongs to the same epoch.
        if (over && differences.length === 0) continue;
        yield verdict(epoch, differences);
        if (differences.length > 0) return;
      } else {
        yield verdict(event.epoch, compareEnd(event.epoch, event.resultHash, options));
      }
    }
  } catch (error) {
    if (!isCyxwizError(error, "TRAINING_DIVERGED")) throw error;
    yield verdict(error.context.epoch, [{ what: "training", problem: error.message }]);
  }
}

function verdict(epoch: number, differences: readonly Difference[]): EpochVerdict {
  return { epoch, holds: differences.length === 0, differences };
}

async function openStart(options: VerifyEpochsOptions): Promise<{ state: TrainingState; differences: Difference[] }> {
  const { spec, dataset, from, claimed, changes = [] } = options;
  const initial = initialState(spec);
  const bytes = from?.bytes ?? encodeState(initial);
  const epoch = from?.epoch ?? 0;
  const hash = await sha256Bulk(bytes);
  const link = claimed(epoch);
  const none = (problem: string) => ({ state: initial, differences: [{ what: "start" as const, problem }] });
  if (link === undefined) return none(`the job has no link for epoch ${epoch}`);
  if (!equalBytes(hash, link.stateHash)) {
    if (from)
      return none(`the state served has the hash ${toHex(hash)}, the job is committed to ${toHex(link.stateHash)}`);
    return { state: initial, differences: [await stateDifference(epoch, bytes, hash, link.stateHash, options)] };
  }
  try {
    const state = decodeState(bytes);
    checkState(state, spec, partsOf(dataset, spec).train.rows.length);
    if (state.epoch !== epoch) return none(`the state served for epoch ${epoch} stands after epoch ${state.epoch}`);
    const [found, ordered] = [state.parameters, parametersAfter(epoch, { spec, dataset, changes })].map(parametersText);
    if (found !== ordered) {
      return none(`in its state after epoch ${epoch} the changed parameters are ${found}; ordered were ${ordered}`);
    }
    return { state, differences: [] };
  } catch (error) {
    if (!isCyxwizError(error, "DATA_INVALID")) throw error;
    return none(error.message);
  }
}

function parametersText({ learningRate, batchSize }: ParametersInForce = {}): string {
  return JSON.stringify({ learningRate, batchSize });
}

async function compareEpoch(replayed: ReplayedEpoch, options: VerifyEpochsOptions): Promise<Difference[]> {
  const { epoch, stateBytes, stateHash, metrics, metricsHash } = replayed;
  const { claimed, claimedMetrics, end } = options;
  const link = claimed(epoch);
  if (link === undefined) return [{ what: "end", claimed: end?.epoch ?? epoch - 1, replayed: 0 }];
  const differences: Difference[] = [];
  if (!equalBytes(link.stateHash, stateHash)) {
    differences.push(await stateDifference(epoch, stateBytes, stateHash, link.stateHash, options));
  }
  if (!equalBytes(link.metricsHash, metricsHash)) {
    const told = claimedMetrics?.(epoch);
    const known = told && equalBytes(hashMetrics(told), link.metricsHash) ? told : undefined;
    const hashes = { claimed: toHex(link.metricsHash), replayed: toHex(metricsHash) };
    const details = known && { details: compareMetrics(known, { ...metrics }) };
    differences.push({ what: "metrics", ...hashes, ...details });
  }
  return differences;
}

async function stateDifference(
  epoch: number,
  bytes: Uint8Array,
  hash: Hash,
  claimedHash: Hash,
  { claimedState }: VerifyEpochsOptions,
): Promise<Difference> {
  const served = await claimedState?.(epoch);
  // Only what the job is committed to says anything about the job.
  const isClaimed = served !== undefined && equalBytes(await sha256Bulk(served), claimedHash);
  const details = isClaimed && { details: compareStates(served, bytes) };
  return { what: "state", claimed: toHex(claimedHash), replayed: toHex(hash), ...details };
}

function compareEnd(epoch: number, resultHash: Hash, { to, end }: VerifyEpochsOptions): Difference[] {
  if (epoch < to || (end && epoch !== end.epoch)) return [{ what: "end", claimed: end?.epoch ?? to, replayed: epoch }];
  if (end === undefined || equalBytes(end.resultHash, resultHash)) return [];
  return [{ what: "result", claimed: toHex(end.resultHash), replayed: toHex(resultHash) }];
}
