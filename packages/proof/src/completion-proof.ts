import { equalBytes, type Hash } from "./bytes.ts";
import { checkpointLeaf, jobLeaves, resultLeaf } from "./job-tree.ts";
import { leafHash, nodeHash } from "./merkle.ts";

/** Shows that the last checkpoint and the result are the last two leaves under a job's root. */
export interface CompletionProof {
  readonly checkpointHash: Hash;
  /** What stands beside the way up the tree's right edge, from the leaves up. */
  readonly siblings: Hash[];
}

/** The proof that payment asks for, over a whole job. Throws RangeError for a job without a checkpoint. */
export function completionProof(checkpoints: readonly Hash[], resultHash: Hash): CompletionProof {
  const checkpointHash = checkpoints.at(-1);
  if (checkpointHash === undefined) throw new RangeError("a job has at least one checkpoint");
  const siblings: Hash[] = [];
  let level = jobLeaves(checkpoints, resultHash).map(leafHash);
  for (let two = true; level.length > 1; level = levelAbove(level)) {
    const size = level.length;
    if (two && size % 2 === 0) two = false;
    else if (two) siblings.push(level[size - 3] as Hash);
    else if (size % 2 === 0) siblings.push(level[size - 2] as Hash);
  }
  return { checkpointHash, siblings };
}

/** What the program checks before it pays; `leafCount` counts the checkpoints and the result. */
export function verifyCompletion(
  proof: CompletionProof,
  job: { readonly resultHash: Hash; readonly root: Hash; readonly leafCount: number },
): boolean {
  const { root, resultHash, leafCount } = job;
  if (leafCount < 2) return false;
  let left: Hash | undefined = leafHash(checkpointLeaf(leafCount - 1, proof.checkpointHash));
  let right = leafHash(resultLeaf(resultHash));
  const siblings = proof.siblings.values();
  for (let size = leafCount; size > 1; size = Math.ceil(size / 2)) {
    if (left !== undefined && size % 2 === 0) {
      right = nodeHash(left, right);
      left = undefined;
    } else if (left !== undefined || size % 2 === 0) {
      const sibling = siblings.next().value;
      if (sibling === undefined) return false;
      if (left === undefined) right = nodeHash(sibling, right);
      else left = nodeHash(sibling, left);
    }
  }
  return siblings.next().done === true && equalBytes(right, root);
}

function levelAbove(level: readonly Hash[]): Hash[] {
  return Array.from({ length: Math.ceil(level.length / 2) }, (_, index) => {
    const [left, right] = [level[2 * index] as Hash, level[2 * index + 1]];
    return right === undefined ? left : nodeHash(left, right);
  });
}
