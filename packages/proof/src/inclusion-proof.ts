import { equalBytes, type Hash } from "./bytes.ts";
import { above, leafHash, nodeHash } from "./merkle.ts";
import { MerkleTree } from "./merkle-tree.ts";

/**
 * The audit path of RFC 6962, section 2.1.1: siblings from the leaf up. For more than one proof over the same leaves,
 * use {@link MerkleTree}. Throws RangeError for an index outside the leaves.
 */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Hash[] {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.inclusionProof(index);
}

/** Whether `leaf` stands at `index` of the `size` leaves under `root` (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(options: {
  leaf: Uint8Array;
  index: number;
  size: number;
  proof: readonly Hash[];
  root: Hash;
}): boolean {
  const { leaf, index, size, proof, root } = options;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let [position, last, hash] = [index, size - 1, leafHash(leaf)];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) [position, last] = [above(position), above(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [position, last] = [above(position), above(last)];
  }
  return last === 0 && equalBytes(hash, root);
}
