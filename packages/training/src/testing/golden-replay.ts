import { type Hash, hashMetrics, sha256 } from "@cyxwiz/proof";
import { openDataset } from "../data/dataset.ts";
import { describeDifference } from "../replay/describe-difference.ts";
import { replay } from "../replay/replay.ts";
import { type ClaimedEpoch, type VerifyEpochsOptions, verifyEpochs } from "../replay/verify-epochs.ts";
import type { EpochMetrics } from "../trainer/events.ts";
import { encodeState, initialState, type TrainingState } from "../trainer/state.ts";
import { GOLDEN_JOBS } from "./golden-job.ts";
import { changedSpec } from "./golden-models.ts";

const CHANGED = GOLDEN_JOBS.findIndex(({ spec }) => spec === changedSpec);

/** What a node has of a job: its states, metrics and result. Index 0 is the start. */
interface Kept {
  readonly states: readonly TrainingState[];
  readonly metrics: readonly EpochMetrics[];
  readonly resultHash: Hash;
}

/**
 * Replays a golden job as its node claims to have trained it, honestly and with lies of every kind. Gives what was found
 * each time: `epoch: holds`, or the differences in words.
 */
export async function runGoldenReplay(index = CHANGED): Promise<Record<string, readonly string[]>> {
  const job = GOLDEN_JOBS[index];
  if (job === undefined) throw new RangeError(`no golden job ${index}`);
  const { spec, changes = [] } = job;
  const dataset = openDataset(job.dataset());
  const honest = await trainOnce({ spec, dataset, changes });
  const last = honest.states.length - 1;
  const check = async (kept: Kept, from: number, rest: Partial<VerifyEpochsOptions> = {}) => {
    const bytes = kept.states.map(encodeState);
    const links = kept.states.map(
      (_, epoch): ClaimedEpoch => ({
        stateHash: sha256(bytes[epoch] as Uint8Array),
        metricsHash: hashMetrics({ ...kept.metrics[epoch] }),
      }),
    );
    const end = { epoch: kept.states.length - 1, resultHash: kept.resultHash };
    const lines: string[] = [];
    const verdicts = verifyEpochs({
      ...{ spec, dataset, changes, end, to: end.epoch },
      claimed: (epoch) => links[epoch],
      ...(from > 0 && { from: { epoch: from, bytes: bytes[from] as Uint8Array } }),
      claimedState: async (epoch) => bytes[epoch],
      claimedMetrics: (epoch) => ({ ...kept.metrics[epoch] }),
      ...rest,
    });
    for await (const { epoch, holds, differences } of verdicts) {
      if (holds) lines.push(`${epoch}: holds`);
      else for (const line of differences.flatMap(describeDifference)) lines.push(`${epoch}: ${line}`);
    }
    return lines;
  };
  const second = honest.states[2] as TrainingState;
  const withState = (epoch: number, state: TrainingState) => ({ ...honest, states: honest.states.with(epoch, state) });
  return {
    honest: await check(honest, 0),
    "honest, from a state on the way": await check(honest, 2),
    "honest, up to an epoch on the way": await check(honest, 1, { to: 2 }),
    "honest, nothing left to train": await check(honest, last),
    "one weight changed": await check(withState(2, nudged(second)), 1),
    "the epoch before once more": await check(withState(2, { ...(honest.states[1] as TrainingState), epoch: 2 }), 1),
    "better metrics": await check(
      { ...honest, metrics: honest.metrics.with(2, { ...(honest.metrics[2] as EpochMetrics), loss: 0.01 }) },
      0,
    ),
    "other weights as the result": await check({ ...honest, resultHash: new Uint8Array(32) }, last - 1),
    "fewer epochs": await check({ ...honest, states: honest.states.slice(0, 3) }, 1),
    "another start": await check(withState(0, nudged(honest.states[0] as TrainingState)), 0),
    "another state served": await check(honest, 2, { from: { epoch: 2, bytes: encodeState(nudged(second)) } }),
    "another job's state": await check(
      withState(2, { ...initialState({ ...spec, training: { ...spec.training, seed: 1 } }) }),
      2,
    ),
    "no state at all": await check(honest, 1, {
      claimed: () => hashed(Uint8Array.of(1)),
      from: { epoch: 1, bytes: Uint8Array.of(1) },
    }),
    "a change that nobody ordered": await check(honest, 1, { changes: changes.slice(0, 1), to: last }),
    "a change that was ordered and not made": await check(honest, 1, {
      changes: [...changes, { firstEpoch: 4, batchSize: 7 }],
    }),
    "a state with parameters that nobody ordered": await check(honest, 3, { changes: [] }),
  };
}

async function trainOnce(options: Pick<VerifyEpochsOptions, "spec" | "dataset" | "changes">): Promise<Kept> {
  const states = [initialState(options.spec)];
  const metrics: EpochMetrics[] = [{ loss: 0 }];
  let resultHash: Hash = new Uint8Array();
  for await (const event of replay({ ...options, to: options.spec.training.epochs })) {
    if (event.type === "result") resultHash = event.resultHash;
    else {
      states.push(event.state);
      metrics.push(event.metrics);
    }
  }
  return { states, metrics, resultHash };
}

/** The state with one weight doubled. */
function nudged(state: TrainingState): TrainingState {
  const weights = new Map(state.weights);
  for (const [name, tensor] of [...weights].slice(0, 1)) {
    weights.set(name, { ...tensor, data: tensor.data.with(5, 2 * (tensor.data[5] as number)) });
  }
  return { ...state, weights };
}

function hashed(bytes: Uint8Array): ClaimedEpoch {
  return { stateHash: sha256(bytes), metricsHash: sha256() };
}
