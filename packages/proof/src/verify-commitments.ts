import { equalBytes, type Hash, toHex } from "./bytes.ts";
import { type Epoch, type Genesis, genesisHash, nextHash } from "./chain.ts";
import { checkpointLeaf, resultLeaf } from "./job-tree.ts";
import { MerkleBuilder } from "./merkle.ts";

/** A link of a job's chain. Epoch 0 is the start: its state is the initial one, and it has no metrics. */
export interface Link extends Epoch {
  readonly epoch: number;
  readonly checkpointHash: Hash;
}

/** A root that was put on chain. */
export interface AnchoredRoot {
  readonly root: Hash;
  /** How many of the first leaves it is over. */
  readonly leafCount: number;
}

/** All that a job has committed itself to in public. */
export interface JobCommitments {
  /** What the chain starts from; the initial state is in the link of epoch 0. */
  readonly genesis: Omit<Genesis, "initialStateHash">;
  /** From epoch 0 on, in order. */
  readonly links: Iterable<Link> | AsyncIterable<Link>;
  /** In the order in which they were put on chain. */
  readonly anchors?: readonly AnchoredRoot[];
  /** Of a job that is done: what it ended with, and the last root, which is over all checkpoints and the result. */
  readonly end?: AnchoredRoot & { readonly resultHash: Hash };
}

/** Where a job's commitments do not fit together. */
export interface CommitmentProblem {
  readonly what: "link" | "anchor" | "end";
  /** The epoch of the link, or the number of leaves of the root. */
  readonly at: number;
  readonly problem: string;
}

/** Whether everything fits. */
export interface CommitmentsVerdict {
  readonly holds: boolean;
  /** Epochs of the chain, as far as it was read. */
  readonly epochs: number;
  /** The first thing that is wrong, where something is. */
  readonly problem?: CommitmentProblem;
}

/**
 * Verifies a whole job's public commitments in one pass over its links, in memory that does not grow with them: the
 * chain starts from this job and no link is missing or broken, time does not run backwards, every anchored root is over
 * the links that the chain has there (so none was rewritten after it was anchored), and the last root is over all of them
 * and the result. It says nothing of whether the epochs were trained: for that they are replayed.
 *
 * @example
 * const { holds, problem } = await verifyCommitments({ genesis, links, anchors, end });
 */
export async function verifyCommitments(job: JobCommitments): Promise<CommitmentsVerdict> {
  const { genesis, links, anchors = [], end } = job;
  const tree = new MerkleBuilder();
  let previous: Link | undefined;
  let nextAnchor = 0;
  const result = (what: CommitmentProblem["what"], at: number, problem: string): CommitmentsVerdict => ({
    holds: false,
    epochs: previous?.epoch ?? 0,
    problem: { what, at, problem },
  });
  for await (const link of links) {
    const problem = linkProblem(link, previous, genesis);
    if (problem) return result("link", link.epoch, problem);
    previous = link;
    if (link.epoch > 0) tree.add(checkpointLeaf(link.epoch, link.checkpointHash));
    for (; anchors[nextAnchor]?.leafCount === tree.size && link.epoch > 0; nextAnchor++) {
      const { root, leafCount } = anchors[nextAnchor] as AnchoredRoot;
      if (!equalBytes(root, tree.root())) return result("anchor", leafCount, differs(root, tree.root()));
    }
  }
  if (previous === undefined) return result("link", 0, "there are no links");
  const left = anchors[nextAnchor];
  if (left)
    return result("anchor", left.leafCount, `it comes after ${tree.size} checkpoints, out of order or too many`);
  if (end) {
    tree.add(resultLeaf(end.resultHash));
    const leaves = `it is said to be over ${end.leafCount} leaves; checkpoints and result are ${tree.size}`;
    if (end.leafCount !== tree.size) return result("end", end.leafCount, leaves);
    if (!equalBytes(end.root, tree.root())) return result("end", end.leafCount, differs(end.root, tree.root()));
  }
  return { holds: true, epochs: previous.epoch };
}

function linkProblem(link: Link, previous: Link | undefined, genesis: JobCommitments["genesis"]): string | undefined {
  if (previous === undefined) {
    if (link.epoch !== 0) return `the first link is that of epoch ${link.epoch}`;
    const start = genesisHash({ ...genesis, initialStateHash: link.stateHash });
    return equalBytes(start, link.checkpointHash)
      ? undefined
      : "the chain does not start from this job's terms and data";
  }
  if (link.epoch !== previous.epoch + 1) return `it comes after epoch ${previous.epoch}`;
  if (link.timestampSeconds < previous.timestampSeconds) return "it ends before the epoch before it";
  const hash = nextHash(previous.checkpointHash, link);
  if (equalBytes(hash, link.checkpointHash)) return undefined;
  return `its hash is ${toHex(link.checkpointHash)}; from the link before it follows ${toHex(hash)}`;
}

function differs(claimed: Hash, actual: Hash): string {
  return `the root on chain is ${toHex(claimed)}; the chain of links gives ${toHex(actual)}`;
}
