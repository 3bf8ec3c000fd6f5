import { equalBytes, type Hash, sha256 } from "./bytes.ts";

// RFC 6962, section 2.1: leaves and inner nodes are hashed in separate domains, so that one can't pass for the other.
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256(0x00 ‖ data) */
export function leafHash(data: Uint8Array): Hash {
  return sha256(LEAF, data);
}

function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(NODE, left, right);
}

/** The Merkle tree hash of RFC 6962 over leaves' data; of nothing, SHA-256 of the empty string. */
export function merkleRoot(leaves: readonly Uint8Array[]): Hash {
  const builder = new MerkleBuilder();
  for (const leaf of leaves) builder.add(leaf);
  return builder.root();
}

/** Builds a root leaf by leaf, keeping one hash a level. */
export class MerkleBuilder {
  /** Roots of complete subtrees, largest first; sizes are the bits of `count`. */
  readonly #subtrees: Hash[] = [];
  #count = 0;

  get size(): number {
    return this.#count;
  }

  add(leaf: Uint8Array): void {
    let hash = leafHash(leaf);
    for (let size = this.#count; size % 2 === 1; size = Math.floor(size / 2)) {
      hash = nodeHash(this.#subtrees.pop() as Hash, hash);
    }
    this.#subtrees.push(hash);
    this.#count++;
  }

  root(): Hash {
    if (this.#count === 0) return sha256();
    return this.#subtrees.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** The audit path of RFC 6962, section 2.1.1: siblings from the leaf up. */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Hash[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`leaf ${index} is not one of ${leaves.length}`);
  }
  if (leaves.length === 1) return [];
  const split = largestPowerOfTwoBelow(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionProof(left, index), merkleRoot(right)]
    : [...inclusionProof(right, index - split), merkleRoot(left)];
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
  if (!Number.isInteger(index) || index < 0 || index >= size) return false;
  let [position, last, hash] = [index, size - 1, leafHash(leaf)];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && equalBytes(hash, root);
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
