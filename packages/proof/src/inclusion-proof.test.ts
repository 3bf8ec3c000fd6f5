import fc from "fast-check";
import { expect, test } from "vitest";
import { inclusionProof, merkleRoot, toHex, verifyInclusion } from "./index.ts";
import { INCLUSION_PROOFS, LEAVES } from "./testing/published-vectors.ts";

test.each(INCLUSION_PROOFS)("the published proof of leaf $index of $size is ours", ({ index, size, proof }) => {
  expect(inclusionProof(LEAVES.slice(0, size), index).map(toHex)).toEqual(proof);
});

const leavesArbitrary = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 70 });

test("every leaf is proved at its place, and nowhere else", () => {
  fc.assert(
    fc.property(leavesArbitrary, fc.nat(), fc.nat(), (leaves, a, b) => {
      const [index, other] = [a % leaves.length, b % leaves.length];
      const leaf = leaves[index] as Uint8Array;
      const [proof, root, size] = [inclusionProof(leaves, index), merkleRoot(leaves), leaves.length];
      expect(verifyInclusion({ leaf, index, size, proof, root })).toBe(true);
      expect(verifyInclusion({ leaf: Uint8Array.of(...leaf, 0), index, size, proof, root })).toBe(false);
      expect(verifyInclusion({ leaf, index, size, proof: [...proof, root], root })).toBe(false);
      if (proof.length > 0) expect(verifyInclusion({ leaf, index, size, proof: proof.slice(1), root })).toBe(false);
      if (other !== index && Buffer.compare(leaf, leaves[other] as Uint8Array) !== 0) {
        expect(verifyInclusion({ leaf, index: other, size, proof, root })).toBe(false);
      }
    }),
    { seed: 20 },
  );
});

test("an index outside the tree is no leaf", () => {
  const root = merkleRoot(LEAVES);
  const leaf = LEAVES[0] as Uint8Array;
  for (const index of [-1, 8, 0.5, Number.NaN]) {
    expect(verifyInclusion({ leaf, index, size: 8, proof: inclusionProof(LEAVES, 0), root })).toBe(false);
    expect(() => inclusionProof(LEAVES, index)).toThrow(RangeError);
  }
});

test("a size that counts nothing holds no leaf", () => {
  const leaf = LEAVES[0] as Uint8Array;
  const [root, proof] = [merkleRoot(LEAVES.slice(0, 2)), inclusionProof(LEAVES.slice(0, 2), 0)];
  expect(verifyInclusion({ leaf, index: 0, size: 2, proof, root })).toBe(true);
  for (const size of [-2, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(verifyInclusion({ leaf, index: 0, size, proof, root })).toBe(false);
  }
});
