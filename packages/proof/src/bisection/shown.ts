import { equalBytes, type Hash } from "../bytes.ts";
import { type Epoch, genesisHash, nextHash } from "../chain.ts";
import { verifyInclusion } from "../inclusion-proof.ts";
import { checkpointLeaf, resultLeaf } from "../job-tree.ts";
import { type BisectionCase, lastPosition } from "./bisection-case.ts";
import type { Opening } from "./move.ts";

/** What the node has shown of a position, and shown to stand under its root. */
export interface Shown {
  readonly position: number;
  /** H_i; of the result, its hash. */
  readonly hash: Hash;
  /** The state after the epoch; nothing of the result. */
  readonly stateHash?: Hash;
  /** Of an epoch from 1. */
  readonly previous?: Hash;
  readonly link?: Epoch;
}

/** The start, which is under no root: its hash follows from the terms and the initial state. */
export function shownStart({ genesis }: BisectionCase, initialStateHash: Hash): Shown {
  return { position: 0, hash: genesisHash({ ...genesis, initialStateHash }), stateHash: initialStateHash };
}

/** What an opening shows of a position from 1 on, or why it shows nothing. */
export function shownAt(
  about: BisectionCase,
  position: number,
  opening: Opening | undefined,
): Shown | "illegal" | "not committed" {
  const isResult = position > about.epochs;
  if (opening === undefined || (opening.kind === "result") !== isResult) return "illegal";
  const { root } = about;
  const place = { index: position - 1, size: lastPosition(about), root, proof: opening.proof };
  if (opening.kind === "result") {
    const { resultHash: hash } = opening;
    return verifyInclusion({ ...place, leaf: resultLeaf(hash) }) ? { position, hash } : "not committed";
  }
  const { previous, link } = opening;
  const hash = nextHash(previous, link);
  if (!verifyInclusion({ ...place, leaf: checkpointLeaf(position, hash) })) return "not committed";
  return { position, hash, stateHash: link.stateHash, previous, link };
}

/** Whether a position cannot be what it is, given what was shown of others: the link to its neighbour, and time. */
export function contradiction(shown: Shown, others: readonly (Shown | undefined)[]): boolean {
  return others.some((other) => {
    if (other === undefined) return false;
    const [earlier, later] = other.position < shown.position ? [other, shown] : [shown, other];
    if (later.link === undefined) return false;
    if (earlier.link && earlier.link.timestampSeconds > later.link.timestampSeconds) return true;
    const adjacent = later.position === earlier.position + 1;
    return adjacent && !equalBytes(later.previous as Hash, earlier.hash);
  });
}
