import { type Hash, sha256 } from "./bytes.ts";
import { HashList } from "./hash-list.ts";
import { leafHash, nodeHash } from "./merkle.ts";

/**
 * A tree of RFC 6962 that grows leaf by leaf and proves anything about any size it has had, each proof in O(log n):
 *
 *     for await (const leaf of leaves) tree.append(leaf);
 *     tree.consistencyProof(50);
 *
 * It keeps the tree's hashes, 64 bytes a leaf (64 MB for a million), and none of the leaves. A pass over the leaves
 * would need next to no memory, but a pass for each proof, and a job of a million epochs has 20,000 anchored roots to
 * prove. For the root alone there is `MerkleBuilder`.
 */
export class MerkleTree {
  /** At level k, the roots of the complete subtrees of 2^k leaves, from the left. */
  readonly #levels: HashList[] = [];

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  append(leaf: Uint8Array): void {
    let hash = leafHash(leaf);
    for (let level = 0; ; level++) {
      this.#levels[level] ??= new HashList();
      const list = this.#levels[level] as HashList;
      list.push(hash);
      if (list.length % 2 === 1) return;
      hash = nodeHash(list.view(list.length - 2), hash);
    }
  }

  /** The root over the first `size` leaves. Throws RangeError for more than there are. */
  root(size = this.size): Hash {
    this.#checkSize(size);
    return size === 0 ? sha256() : this.#rootOf(0, size);
  }

  /**
   * The audit path of RFC 6962, section 2.1.1, for the leaf at `index` among the first `size`: siblings from the leaf
   * up. Throws RangeError for a leaf that is not among them.
   */
  inclusionProof(index: number, size = this.size): Hash[] {
    this.#checkSize(size);
    if (!isWhole(index) || index >= size) throw new RangeError(`leaf ${index} is not one of ${size}`);
    const proof: Hash[] = [];
    let [start, end] = [0, size];
    while (end - start > 1) {
      const middle = start + largestPowerOfTwoBelow(end - start);
      if (index < middle) {
        proof.push(this.#rootOf(middle, end));
        end = middle;
      } else {
        proof.push(this.#rootOf(start, middle));
        start = middle;
      }
    }
    return proof.reverse();
  }

  /**
   * The consistency proof of RFC 6962, section 2.1.2, between the roots over the first `oldSize` and the first `size`
   * leaves. Throws RangeError unless 1 ≤ oldSize ≤ size: an empty tree is the start of every other.
   */
  consistencyProof(oldSize: number, size = this.size): Hash[] {
    this.#checkSize(size);
    if (!isWhole(oldSize) || oldSize < 1 || oldSize > size) {
      throw new RangeError(`${oldSize} leaves are no start of ${size}`);
    }
    const proof: Hash[] = [];
    let [start, end] = [0, size];
    while (end > oldSize) {
      const middle = start + largestPowerOfTwoBelow(end - start);
      if (oldSize <= middle) {
        proof.push(this.#rootOf(middle, end));
        end = middle;
      } else {
        proof.push(this.#rootOf(start, middle));
        start = middle;
      }
    }
    // The walk ends at the last subtree that is whole in the old tree; from 0 on that is the old root, which is known.
    if (start > 0) proof.push(this.#rootOf(start, end));
    return proof.reverse();
  }

  /** The root over leaves `start` to `end` (not included), a range that the whole tree splits into. */
  #rootOf(start: number, end: number): Hash {
    const count = end - start;
    const split = largestPowerOfTwoBelow(count);
    if (count === 1 || count === 2 * split) {
      return (this.#levels[Math.log2(count)] as HashList).view(start / count).slice();
    }
    return nodeHash(this.#rootOf(start, start + split), this.#rootOf(start + split, end));
  }

  #checkSize(size: number): void {
    if (!isWhole(size) || size > this.size) throw new RangeError(`${size} leaves are not the first of ${this.size}`);
  }
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
