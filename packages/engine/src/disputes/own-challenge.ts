import {
  type BisectionCase,
  type Challenge,
  type Epoch,
  equalBytes,
  type Link,
  positionsOf,
  sha256Bulk,
  whereTheyDiffer,
} from "@cyxwiz/proof";
import { encodeState, initialState, type ParameterChange, replay } from "@cyxwiz/training";
import { trainerInWorker } from "@cyxwiz/training/node";
import type { AgreedJob } from "@cyxwiz/verify";

/** What the node has committed to, as it has published it. */
export interface Committed {
  readonly about: BisectionCase;
  /** From epoch 0 to the last under the root. */
  readonly links: readonly Link[];
  /** Where it is under the root. */
  readonly resultHash?: Uint8Array;
}

/**
 * Trains a whole job again and says where that gives something else than its node has committed to. The times are the node's;
 * states and metrics are one's own.
 *
 * @param options.onTrained told of every epoch, and whether it is the node's
 * @returns `undefined` where nothing differs
 */
export async function ownChallenge(
  { about, links, resultHash: committedResult }: Committed,
  { agreed, changes, onTrained, signal }: ChallengeOptions,
): Promise<Challenge | undefined> {
  const { spec, dataset, source } = agreed;
  const epochs: Epoch[] = [];
  let result: { readonly epoch: number; readonly resultHash: Uint8Array } | undefined;
  const run = { spec, dataset, to: about.epochs, changes, signal, trainer: trainerInWorker(source) };
  for await (const event of replay(run)) {
    if (event.type === "result") {
      result = event;
      continue;
    }
    const { epoch, stateHash, metricsHash } = event;
    const link = links[epoch];
    epochs.push({ stateHash, metricsHash, timestampSeconds: link?.timestampSeconds ?? 0n });
    const isSame =
      link !== undefined && equalBytes(link.stateHash, stateHash) && equalBytes(link.metricsHash, metricsHash);
    onTrained(epoch, isSame);
  }
  const initialStateHash = await sha256Bulk(encodeState(initialState(spec)));
  const positions = positionsOf(about.genesis, { initialStateHash, epochs });
  // A run that ends elsewhere has no result where the node has one.
  const resultHash = result?.epoch === about.epochs ? result.resultHash : undefined;
  const last = whereTheyDiffer(
    about,
    (position) => (position > about.epochs ? resultHash : positions[position]),
    (position) => (position > about.epochs ? committedResult : links[position]?.checkpointHash) ?? new Uint8Array(),
  );
  return last === undefined ? undefined : { positions, last, ...(resultHash && { resultHash }) };
}

/** By what to train, and whom to tell. */
export interface ChallengeOptions {
  readonly agreed: AgreedJob;
  readonly changes: readonly ParameterChange[];
  readonly onTrained: (epoch: number, isSame: boolean) => void;
  readonly signal: AbortSignal;
}
