import type { Hash } from "../bytes.ts";
import { type Epoch, type Genesis, genesisHash, nextHash } from "../chain.ts";
import { checkpointLeaf, resultLeaf } from "../job-tree.ts";
import { MerkleTree } from "../merkle-tree.ts";
import type { Bisection } from "./bisection.ts";
import { encodeMove, type MoveBody, type Opening } from "./move.ts";

/** What a party has trained. */
export interface OwnChain {
  readonly initialStateHash: Hash;
  /** Of epoch 1 and on; the challenger's have the times that the node has published. */
  readonly epochs: readonly Epoch[];
  readonly resultHash?: Hash;
}

/** The hashes of a chain by position: H_0 and on, and after the last epoch the result, where there is one. */
export function positionsOf(genesis: Omit<Genesis, "initialStateHash">, chain: OwnChain): readonly Hash[] {
  const hashes = [genesisHash({ ...genesis, initialStateHash: chain.initialStateHash })];
  for (const epoch of chain.epochs) hashes.push(nextHash(hashes.at(-1) as Hash, epoch));
  return chain.resultHash ? [...hashes, chain.resultHash] : hashes;
}

/**
 * What the node has to move now: what it has trained, at the position asked for.
 *
 * @returns the bytes to sign, or `undefined` where it is not its turn, or its chain has nothing there.
 */
export function nodeMove(state: Bisection, chain: OwnChain): Uint8Array | undefined {
  const { turn, about } = state;
  if (turn?.by !== "node") return undefined;
  const initialStateHash = turn.round === 0 ? chain.initialStateHash : undefined;
  const opening = turn.position === 0 ? undefined : openingAt(state, chain, turn.position);
  if (turn.position > 0 && opening === undefined) return undefined;
  return encode(state, { kind: "show", initialStateHash, opening }, about.genesis.jobId);
}

function openingAt({ about }: Bisection, chain: OwnChain, position: number): Opening | undefined {
  const { epochs, hasResult } = about;
  const { resultHash } = chain;
  if (chain.epochs.length < epochs || (hasResult && !resultHash)) return undefined;
  const hashes = positionsOf(about.genesis, { ...chain, epochs: chain.epochs.slice(0, epochs) });
  const tree = new MerkleTree();
  for (let epoch = 1; epoch <= epochs; epoch++) tree.append(checkpointLeaf(epoch, hashes[epoch] as Hash));
  if (hasResult && resultHash) tree.append(resultLeaf(resultHash));
  const proof = tree.inclusionProof(position - 1);
  if (position > epochs) return resultHash && { kind: "result", resultHash, proof };
  const link = chain.epochs[position - 1] as Epoch;
  return { kind: "epoch", previous: hashes[position - 1] as Hash, link, proof };
}

/** What the challenger opens with, where its chain differs from the node's. */
export interface Challenge {
  /** By position, of the challenger: {@link positionsOf}. */
  readonly positions: readonly Hash[];
  /** A position at which they differ, best the last that is known to; 0 is the start. */
  readonly last: number;
  /** Where the result stands in the node's chain: one after its epochs; the challenger's may be longer or shorter. */
  readonly resultHash?: Hash;
}

/**
 * What the challenger has to move now.
 *
 * @returns the bytes to sign, or `undefined` where it is not its turn.
 */
export function challengerMove(state: Bisection, challenge: Challenge): Uint8Array | undefined {
  const { turn, about } = state;
  if (turn?.by !== "challenger") return undefined;
  const own = (position: number) => (position > about.epochs ? challenge.resultHash : challenge.positions[position]);
  const { last } = challenge;
  const body: MoveBody =
    turn.kind === "open"
      ? { kind: "open", last, start: challenge.positions[0] as Hash, hash: own(last) }
      : { kind: "say", hash: own(turn.position) };
  return encode(state, body, about.genesis.jobId);
}

function encode({ about, turn, transcript }: Bisection, body: MoveBody, jobId: Uint8Array): Uint8Array {
  return encodeMove({ jobId, escrow: about.escrow, round: turn?.round ?? 0, transcript, body });
}
