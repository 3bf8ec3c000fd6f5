import fc from "fast-check";
import { expect, test } from "vitest";
import { MerkleBuilder, merkleRoot, toHex } from "./index.ts";
import { LEAVES, ROOTS } from "./testing/published-vectors.ts";

test("the roots are those of RFC 6962", () => {
  expect(ROOTS.map((_, size) => toHex(merkleRoot(LEAVES.slice(0, size))))).toEqual(ROOTS);
});

const leavesArbitrary = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 70 });

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
