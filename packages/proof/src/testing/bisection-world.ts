import fc from "fast-check";
import { expect } from "vitest";
import {
  type Bisection,
  type BisectionCase,
  challengerMove,
  decodeMove,
  expireBisection,
  judgeParted,
  nodeMove,
  type OwnChain,
  type Party,
  playMove,
  positionsOf,
  type Reckoned,
  replayBisection,
  type SignedMove,
  startBisection,
  whereTheyDiffer,
} from "../bisection/index.ts";
import { equalBytes, type Hash, sha256, u32 } from "../bytes.ts";
import type { Epoch } from "../chain.ts";
import { jobRoot } from "../job-tree.ts";

export const MOVE_SECONDS = 3_600n;
export const START = 1_800_000_000n;
export const JOB = new Uint8Array(16).fill(7);
export const GENESIS = { jobId: JOB, termsHash: sha256(u32(1)), datasetHash: sha256(u32(2)), seed: 7n };
const WALLETS: Record<Party, Uint8Array> = { challenger: sha256(u32(3)), node: sha256(u32(4)) };
export const OTHER = { challenger: "node", node: "challenger" } as const;

/** Stands for Ed25519: nobody but the party makes it, and it is over these bytes only. */
export const sign = (by: Party, bytes: Uint8Array): SignedMove => ({ bytes, signature: sha256(WALLETS[by], bytes) });
export const isSigned = (by: Party, bytes: Uint8Array, signature: Uint8Array) =>
  equalBytes(sign(by, bytes).signature, signature);

/** What honest training gives: the state after an epoch follows from the one before. */
export function train(count: number): OwnChain {
  const initialStateHash = sha256(u32(1_000));
  const epochs: Epoch[] = [];
  for (let state = initialStateHash; epochs.length < count; ) {
    state = sha256(state, u32(1));
    epochs.push({ ...{ stateHash: state, metricsHash: sha256(state) }, timestampSeconds: BigInt(epochs.length) });
  }
  return { initialStateHash, epochs, resultHash: sha256(epochs.at(-1)?.stateHash ?? initialStateHash) };
}

/** What the referee gets by training one epoch from the state before. */
export function referee(position: number, before: Hash | undefined, truth: OwnChain): Reckoned {
  if (position === 0) return { kind: "start", hash: positionsOf(GENESIS, truth)[0] as Hash };
  const state = before as Hash;
  const ends = equalBytes(state, truth.epochs.at(-1)?.stateHash as Hash);
  if (position === truth.epochs.length + 1 && ends) return { kind: "result", resultHash: sha256(state) };
  if (ends) return { kind: "nothing" };
  const next = sha256(state, u32(1));
  return { kind: "epoch", stateHash: next, metricsHash: sha256(next) };
}

export function caseOf(chain: OwnChain): BisectionCase {
  const hashes = positionsOf(GENESIS, chain).slice(1, 1 + chain.epochs.length);
  return {
    ...{ escrow: sha256(u32(5)), nonce: 3n, genesis: GENESIS, epochs: chain.epochs.length, moveSeconds: MOVE_SECONDS },
    ...{ root: jobRoot(hashes, chain.resultHash), hasResult: chain.resultHash !== undefined, ...WALLETS },
  };
}

/** What a party does when it is its turn. */
export type Player = (state: Bisection) => SignedMove | "silent";

/** Plays to the end; after every move the state goes through what a referee that was killed has: case, moves, times. */
export async function play(about: BisectionCase, players: Record<Party, Player>): Promise<Bisection> {
  let now = START;
  let state = startBisection(about, now);
  while (state.turn) {
    const { by, dueSeconds } = state.turn;
    const move = players[by](state);
    if (move === "silent") {
      expect(expireBisection(state, dueSeconds)).toBe(state);
      state = expireBisection(state, dueSeconds + 1n);
      break;
    }
    now += 1n;
    state = await playMove(state, { by, move, nowSeconds: now }, isSigned);
    if (state.moves.at(-1)?.bytes !== move.bytes) break;
    const again = replayBisection(about, { startedSeconds: START, moves: structuredClone(state.moves) });
    if (state.turn ?? state.outcome?.kind === "parted")
      expect(again.turn ?? again.outcome).toEqual(state.turn ?? state.outcome);
    state = state.turn ? again : state;
  }
  return state;
}

export const honestNode =
  (chain: OwnChain): Player =>
  (state) => {
    const bytes = nodeMove(state, chain);
    return bytes ? sign("node", bytes) : "silent";
  };

/** Opens where its own chain differs from what the node has published. */
export function honestChallenger(own: OwnChain, about: BisectionCase, committed: readonly Hash[]): Player | undefined {
  const positions = positionsOf(GENESIS, own).slice(0, own.epochs.length + 1);
  const same = own.epochs.length === about.epochs;
  const resultHash = same ? own.resultHash : undefined;
  const last = whereTheyDiffer(
    about,
    (position) => (position > about.epochs ? resultHash : positions[position]),
    (position) => committed[position] as Hash,
  );
  if (last === undefined) return undefined;
  return (state) =>
    sign("challenger", challengerMove(state, { positions, last, ...(resultHash && { resultHash }) }) as Uint8Array);
}

/** Who has lost in the end, by the referee's own training where it came to that. */
export function loserOf({ outcome }: Bisection, truth: OwnChain): Party {
  if (outcome?.kind === "lost") return outcome.loser;
  if (outcome?.kind !== "parted") throw new Error("no outcome");
  return judgeParted(outcome, referee(outcome.epoch, outcome.agreed?.stateHash, truth));
}

/** Rounds that were played. */
export const roundsOf = ({ moves }: Bisection) => Math.max(...moves.map(({ bytes }) => decodeMove(bytes)?.round ?? 0));

/** Epochs, and what a cheat does with them. */
export const lengths = fc.integer({ min: 1, max: 40 });
export const cheats = fc.record({
  from: fc.nat({ max: 39 }),
  what: fc.constantFrom(
    "state" as const,
    "metrics" as const,
    "result" as const,
    "start" as const,
    "longer" as const,
    "shorter" as const,
  ),
  onwards: fc.boolean(),
});

/** A chain that was not trained: its hashes are committed to all the same. */
export function cheated(
  truth: OwnChain,
  { from, what, onwards }: { from: number; what: string; onwards: boolean },
): OwnChain {
  const at = from % truth.epochs.length;
  const lie = sha256(u32(666));
  const touched = (index: number) => index === at || (onwards && index > at);
  switch (what) {
    case "state":
      return {
        ...truth,
        epochs: truth.epochs.map((e, i) => (touched(i) ? { ...e, stateHash: sha256(lie, u32(i)) } : e)),
      };
    case "metrics":
      return { ...truth, epochs: truth.epochs.map((e, i) => (touched(i) ? { ...e, metricsHash: lie } : e)) };
    case "result":
      return { ...truth, resultHash: lie };
    case "start":
      return { ...truth, initialStateHash: lie };
    case "longer": {
      const last = truth.epochs.at(-1) as Epoch;
      return { ...truth, epochs: [...truth.epochs, { ...last, stateHash: lie }] };
    }
    default: {
      const epochs = truth.epochs.slice(0, Math.max(1, at));
      return { ...truth, epochs, resultHash: sha256(epochs.at(-1)?.stateHash as Hash) };
    }
  }
}
