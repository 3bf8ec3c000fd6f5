import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ConsistencyClaim,
  checkpointLeaf,
  consistencyProof,
  jobRoot,
  MerkleTree,
  merkleRoot,
  sha256,
  toHex,
  utf8ToBytes,
  verifyConsistency,
} from "./index.ts";
import { CONSISTENCY_PROOFS, LEAVES } from "./testing/published-vectors.ts";

const hash = (text: string) => sha256(utf8ToBytes(text));
const leaf = (index: number) => utf8ToBytes(`leaf ${index}`);
const WRONG = hash("wrong");

function treeOf(size: number, leafAt = leaf): MerkleTree {
  const tree = new MerkleTree();
  for (let index = 0; index < size; index++) tree.append(leafAt(index));
  return tree;
}

function claimOf(tree: MerkleTree, oldSize: number, size = tree.size): ConsistencyClaim {
  const proof = tree.consistencyProof(oldSize, size);
  return { oldSize, oldRoot: tree.root(oldSize), size, root: tree.root(size), proof };
}

/** The claim with one thing changed, for every thing that can be. */
function* forgeriesOf(claim: ConsistencyClaim): Generator<[string, ConsistencyClaim]> {
  const { proof, oldRoot, root } = claim;
  yield ["another old root", { ...claim, oldRoot: WRONG }];
  yield ["another root", { ...claim, root: WRONG }];
  yield ["swapped roots", { ...claim, oldRoot: root, root: oldRoot }];
  yield ["no proof", { ...claim, proof: [] }];
  yield ["another way round", { ...claim, oldSize: claim.size, size: claim.oldSize }];
  for (const extra of [WRONG, oldRoot, root, new Uint8Array()]) {
    yield ["a hash too many at the end", { ...claim, proof: [...proof, extra] }];
    yield ["a hash too many at the start", { ...claim, proof: [extra, ...proof] }];
  }
  for (const [index, original] of proof.entries()) {
    yield ["a hash left out", { ...claim, proof: proof.toSpliced(index, 1) }];
    yield ["a bit flipped", { ...claim, proof: proof.with(index, original.with(31, (original[31] as number) ^ 16)) }];
    if (index > 0) {
      const exchanged = proof.with(index, proof[index - 1] as Uint8Array).with(index - 1, original);
      yield ["two hashes exchanged", { ...claim, proof: exchanged }];
    }
  }
}

test.each(CONSISTENCY_PROOFS)("the published proof from $oldSize to $size is ours", ({ oldSize, size, proof }) => {
  const leaves = LEAVES.slice(0, size);
  expect(consistencyProof(leaves, oldSize).map(toHex)).toEqual(proof);
  const roots = { oldRoot: merkleRoot(leaves.slice(0, oldSize)), root: merkleRoot(leaves) };
  const claim = { ...roots, oldSize, size, proof: consistencyProof(leaves, oldSize) };
  expect(verifyConsistency(claim)).toBe(true);
  if (oldSize === size) return;
  // The sizes that the reference implementation refuses for them.
  for (const wrong of [oldSize - 1, oldSize + 1, oldSize ^ 2]) {
    expect(verifyConsistency({ ...claim, oldSize: wrong })).toBe(false);
  }
  for (const wrong of [size * 2, Math.floor(size / 2)])
    expect(verifyConsistency({ ...claim, size: wrong })).toBe(false);
});

test("every start of every tree of up to 80 leaves is proved, by as few hashes as the RFC says", () => {
  const tree = treeOf(80);
  for (let size = 1; size <= 80; size++) {
    for (let oldSize = 1; oldSize <= size; oldSize++) {
      const claim = claimOf(tree, oldSize, size);
      expect(verifyConsistency(claim)).toBe(true);
      expect(claim.proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)) + 1);
    }
  }
});

test("no forgery of a proof in trees of up to 24 leaves is accepted", () => {
  const tree = treeOf(24);
  for (let size = 2; size <= 24; size++) {
    for (let oldSize = 1; oldSize < size; oldSize++) {
      const claim = claimOf(tree, oldSize, size);
      const accepted = Array.from(forgeriesOf(claim)).filter(([, forgery]) => verifyConsistency(forgery));
      expect(accepted.map(([name]) => `${oldSize} to ${size}: ${name}`)).toEqual([]);
    }
  }
});

test("a tree that rewrote, dropped or moved an old leaf has no proof for the old root", () => {
  const arbitrary = fc.record({ size: fc.integer({ min: 2, max: 200 }), a: fc.nat(), b: fc.nat() });
  fc.assert(
    fc.property(arbitrary, ({ size, a, b }) => {
      const oldSize = 1 + (a % (size - 1));
      const victim = b % oldSize;
      const oldRoot = treeOf(oldSize).root();
      const rewritten = treeOf(size, (index) => leaf(index === victim ? size : index));
      const dropped = treeOf(size, (index) => leaf(index < victim ? index : index + 1));
      const moved = treeOf(size, (index) => leaf(index === victim ? size - 1 : index === size - 1 ? victim : index));
      for (const tree of [rewritten, dropped, moved]) {
        expect(verifyConsistency(claimOf(tree, oldSize))).toBe(true);
        expect(verifyConsistency({ ...claimOf(tree, oldSize), oldRoot })).toBe(false);
        const honest = treeOf(size).consistencyProof(oldSize);
        expect(verifyConsistency({ ...claimOf(tree, oldSize), oldRoot, proof: honest })).toBe(false);
      }
    }),
    { seed: 22, numRuns: 60 },
  );
});

test("the same bytes cut into other hashes are refused", () => {
  const claim = claimOf(treeOf(4), 3);
  const [first, second, ...rest] = claim.proof as [Uint8Array, Uint8Array, ...Uint8Array[]];
  const cut = [Uint8Array.of(...first, second[0] as number), second.subarray(1), ...rest];
  expect(verifyConsistency({ ...claim, proof: cut })).toBe(false);
});

test("a size is taken at its word: three leaves pass for four, so sizes come from where the roots do", () => {
  const claim = claimOf(treeOf(3), 2);
  expect(verifyConsistency({ ...claim, size: 4 })).toBe(true);
});

test("sizes that count nothing prove nothing", () => {
  const claim = claimOf(treeOf(8), 4);
  for (const wrong of [0, -1, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(verifyConsistency({ ...claim, oldSize: wrong })).toBe(false);
    expect(verifyConsistency({ ...claim, size: wrong })).toBe(false);
    expect(() => treeOf(8).consistencyProof(wrong)).toThrow(RangeError);
  }
  const empty = { oldSize: 0, oldRoot: merkleRoot([]), size: 0, root: merkleRoot([]), proof: [] };
  expect(verifyConsistency(empty)).toBe(false);
  expect(() => consistencyProof(LEAVES, 9)).toThrow(RangeError);
});

test("the same size is the same root, without a proof", () => {
  const claim = claimOf(treeOf(5), 5);
  expect(claim.proof).toEqual([]);
  expect(verifyConsistency({ ...claim, proof: [claim.root] })).toBe(false);
  expect(verifyConsistency({ ...claim, root: WRONG })).toBe(false);
  expect(verifyConsistency({ ...claim, oldRoot: claim.root.subarray(1), root: claim.root.subarray(1) })).toBe(false);
});

test("the roots that a job anchors on its way are starts of its last one", () => {
  const checkpoints = Array.from({ length: 230 }, (_, index) => hash(`checkpoint ${index + 1}`));
  const result = hash("result");
  const [root, size] = [jobRoot(checkpoints, result), checkpoints.length + 1];
  const leaves = checkpoints.map((checkpoint, index) => checkpointLeaf(index + 1, checkpoint));
  const withResult = [...leaves, Uint8Array.of(2, ...result)];
  for (const oldSize of [50, 100, 150, 200]) {
    const oldRoot = jobRoot(checkpoints.slice(0, oldSize));
    const proof = consistencyProof(withResult, oldSize);
    expect(verifyConsistency({ oldSize, oldRoot, size, root, proof })).toBe(true);
    const retrained = jobRoot(checkpoints.slice(0, oldSize).with(7, WRONG));
    expect(verifyConsistency({ oldSize, oldRoot: retrained, size, root, proof })).toBe(false);
  }
});
