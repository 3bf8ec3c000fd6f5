import { type Hash, sha256 } from "./bytes.ts";

// RFC 6962, section 2.1: leaves and inner nodes are hashed in separate domains, so that one can't pass for the other.
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256(0x00 ‖ data) */
export function leafHash(data: Uint8Array): Hash {
  return sha256(LEAF, data);
}

/** SHA-256(0x01 ‖ left ‖ right) */
export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(NODE, left, right);
}

/** Where, one level up, the node stands that has the node at `index` below it. */
export function above(index: number): number {
  return Math.floor(index / 2);
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
