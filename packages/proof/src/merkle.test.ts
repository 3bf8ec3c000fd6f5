import fc from "fast-check";
import { expect, test } from "vitest";
import { inclusionProof, MerkleBuilder, merkleRoot, toHex, verifyInclusion } from "./index.ts";

// The leaves and roots that Certificate Transparency implementations test RFC 6962 with.
const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(
  (hex) => Uint8Array.from(Buffer.from(hex, "hex")),
);
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test("the roots are those of RFC 6962", () => {
  expect(ROOTS.map((_, size) => toHex(merkleRoot(LEAVES.slice(0, size))))).toEqual(ROOTS);
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

test("a duplicated leaf changes the root", () => {
  fc.assert(
    fc.property(leavesArbitrary, (leaves) => {
      const builder = new MerkleBuilder();
      for (const leaf of leaves) builder.add(leaf);
      const before = toHex(builder.root());
      builder.add(leaves.at(-1) as Uint8Array);
      expect(toHex(builder.root())).not.toBe(before);
    }),
    { seed: 21 },
  );
});
