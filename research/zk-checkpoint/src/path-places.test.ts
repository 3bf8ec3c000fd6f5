import { inclusionProof, leafHash, merkleRoot, sha256, toHex } from "@cyxwiz/proof";
import { expect, test } from "vitest";
import { siblingsOnLeft } from "./path-places.ts";

test("places lead from every leaf to the root, for every number of leaves", () => {
  const NODE = Uint8Array.of(1);
  for (let size = 1; size <= 33; size++) {
    const leaves = Array.from({ length: size }, (_, index) => Uint8Array.of(index));
    for (let index = 0; index < size; index++) {
      const path = inclusionProof(leaves, index);
      const places = siblingsOnLeft(index, size);
      expect(places).toHaveLength(path.length);
      const top = path.reduce(
        (below, sibling, level) => (places[level] ? sha256(NODE, sibling, below) : sha256(NODE, below, sibling)),
        leafHash(leaves[index]!),
      );
      expect(toHex(top)).toBe(toHex(merkleRoot(leaves)));
    }
  }
  expect(() => siblingsOnLeft(3, 3)).toThrow(RangeError);
});
