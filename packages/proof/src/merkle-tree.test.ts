import fc from "fast-check";
import { expect, test } from "vitest";
import { checkpointLeaf, MerkleTree, toHex, verifyConsistency, verifyInclusion } from "./index.ts";
import { node, path, proof, treeHash } from "./testing/by-the-rfc.ts";
import { LEAVES } from "./testing/published-vectors.ts";

const hex = (hashes: readonly Uint8Array[]) => hashes.map(toHex);

test("every root and proof of every size is what the RFC's own definitions say", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 24 }), (leaves) => {
      const tree = new MerkleTree();
      expect(toHex(tree.root())).toBe(toHex(treeHash([])));
      for (const [before, leaf] of leaves.entries()) {
        expect(tree.size).toBe(before);
        tree.append(leaf);
      }
      for (let size = 1; size <= leaves.length; size++) {
        const first = leaves.slice(0, size);
        expect(toHex(tree.root(size))).toBe(toHex(treeHash(first)));
        for (let m = 0; m < size; m++) {
          expect(hex(tree.inclusionProof(m, size))).toEqual(hex(path(m, first)));
          expect(hex(tree.consistencyProof(m + 1, size))).toEqual(hex(proof(m + 1, first)));
        }
      }
    }),
    { seed: 23, numRuns: 30 },
  );
});

test("what it gives away is a copy, and the rest it refuses", () => {
  const tree = new MerkleTree();
  for (const leaf of LEAVES) tree.append(leaf);
  const root = toHex(tree.root());
  for (const given of [tree.root(), tree.root(4), ...tree.inclusionProof(3), ...tree.consistencyProof(5)])
    given.fill(0);
  expect(toHex(tree.root())).toBe(root);
  for (const size of [-1, 9, 1.5, Number.NaN]) {
    expect(() => tree.root(size)).toThrow(RangeError);
    expect(() => tree.inclusionProof(0, size)).toThrow(RangeError);
    expect(() => tree.consistencyProof(1, size)).toThrow(RangeError);
  }
  for (const index of [-1, 4, 0.5]) expect(() => tree.inclusionProof(index, 4)).toThrow(RangeError);
});

test("a million epochs: any leaf and any anchored root is proved under the last one", { timeout: 120_000 }, () => {
  const size = 1_000_000;
  // Leaves that repeat let the RFC's definition tell the root without hashing a million of them.
  const period = Array.from({ length: 1024 }, (_, index) => checkpointLeaf(index + 1, new Uint8Array(32).fill(index)));
  const tree = new MerkleTree();
  for (let index = 0; index < size; index++) tree.append(period[index % 1024] as Uint8Array);
  const root = tree.root();
  expect(toHex(root)).toBe(toHex(rootOfRepeated(period, size)));

  for (const index of [0, 1, 499_999, 524_287, 524_288, 999_935, 999_936, 999_999]) {
    const proof = tree.inclusionProof(index);
    expect(proof.length).toBeLessThanOrEqual(20);
    expect(verifyInclusion({ leaf: period[index % 1024] as Uint8Array, index, size, proof, root })).toBe(true);
    expect(verifyInclusion({ leaf: period[(index + 1) % 1024] as Uint8Array, index, size, proof, root })).toBe(false);
  }
  for (let oldSize = 50; oldSize < size; oldSize += 49_950) {
    const oldRoot = tree.root(oldSize);
    expect(toHex(oldRoot)).toBe(toHex(rootOfRepeated(period, oldSize)));
    const proof = tree.consistencyProof(oldSize);
    expect(proof.length).toBeLessThanOrEqual(21);
    expect(verifyConsistency({ oldSize, oldRoot, size, root, proof })).toBe(true);
    expect(verifyConsistency({ oldSize, oldRoot: tree.root(oldSize + 1), size, root, proof })).toBe(false);
  }
});

/** The root over `size` leaves that are `period` again and again; its length is a power of two. */
function rootOfRepeated(period: readonly Uint8Array[], size: number): Uint8Array {
  if (size <= period.length) return treeHash(period.slice(0, size));
  const split = 2 ** Math.floor(Math.log2(size - 1));
  return node(completeRoot(period, split), rootOfRepeated(period, size - split));
}

function completeRoot(period: readonly Uint8Array[], size: number): Uint8Array {
  if (size <= period.length) return treeHash(period.slice(0, size));
  const half = completeRoot(period, size / 2);
  return node(half, half);
}
