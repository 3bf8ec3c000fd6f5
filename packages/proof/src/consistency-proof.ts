import { equalBytes, type Hash } from "./bytes.ts";
import { above, nodeHash } from "./merkle.ts";
import { MerkleTree } from "./merkle-tree.ts";

/** Two roots of one growing tree, and what shows that the first is over the first leaves of the second. */
export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Hash;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}

/**
 * The consistency proof of RFC 6962, section 2.1.2, between the first `oldSize` leaves and all of them. For more than
 * one proof over the same leaves, use {@link MerkleTree}. Throws RangeError unless 1 ≤ oldSize ≤ number of leaves.
 */
export function consistencyProof(leaves: readonly Uint8Array[], oldSize: number): Hash[] {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.consistencyProof(oldSize);
}

/**
 * Whether the tree under `root` only appended to the tree under `oldRoot` (RFC 9162, section 2.1.4.2): an epoch that
 * was anchored has not been rewritten since. Never true for an empty old tree, which proves nothing. The sizes have to
 * come from where the roots come from: a proof shows the order of hashes, not how many leaves are below each.
 */
export function verifyConsistency({ oldSize, oldRoot, size, root, proof }: ConsistencyClaim): boolean {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(size) || oldSize < 1 || oldSize > size) return false;
  // Equal sizes compare what they are given without hashing it: only a hash may pass there.
  if (![oldRoot, root, ...proof].every((hash) => hash.length === 32)) return false;
  if (oldSize === size) return proof.length === 0 && equalBytes(oldRoot, root);

  let [position, last] = [oldSize - 1, size - 1];
  while (position % 2 === 1) [position, last] = [above(position), above(last)];
  // A complete old tree is itself the first node, and is left out of the proof.
  const [first, ...siblings] = position === 0 ? [oldRoot, ...proof] : proof;
  if (first === undefined) return false;
  let [before, now] = [first, first];
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      before = nodeHash(sibling, before);
      now = nodeHash(sibling, now);
      while (position % 2 === 0 && position !== 0) [position, last] = [above(position), above(last)];
    } else {
      now = nodeHash(now, sibling);
    }
    [position, last] = [above(position), above(last)];
  }
  return last === 0 && equalBytes(before, oldRoot) && equalBytes(now, root);
}
