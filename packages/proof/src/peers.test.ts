import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { RFC9162 } from "@transmute/rfc9162";
import fc from "fast-check";
import { MerkleTree as PeerTree } from "merkletreejs";
import { expect, test } from "vitest";
import {
  inclusionProof,
  jobLeaves,
  jobRoot,
  leafHash,
  MerkleTree,
  merkleRoot,
  sha256,
  toHex,
  verifyConsistency,
} from "./index.ts";
import { LEAVES } from "./testing/published-vectors.ts";

const hex = (hashes: readonly Uint8Array[]) => hashes.map(toHex);
const leavesArbitrary = fc.array(fc.uint8Array({ minLength: 1, maxLength: 70 }), { minLength: 1, maxLength: 40 });

/**
 * `@transmute/rfc9162` hashes leaves and nodes and promotes an odd node as we do, so roots and audit paths have to be
 * the same. Of consistency proofs, one thing differs: where the old tree is a complete subtree, the RFC leaves its root
 * out of the proof, and the peer puts it first; its verifier expects that, too. Equal sizes it proves but cannot verify;
 * they are left out here.
 */
test("roots and proofs are those of another implementation of the RFC", async () => {
  await fc.assert(
    fc.asyncProperty(leavesArbitrary, fc.nat(), async (leaves, at) => {
      const size = leaves.length;
      const tree = new MerkleTree();
      for (const leaf of leaves) tree.append(leaf);
      const root = tree.root();
      expect(toHex(root)).toBe(toHex(await RFC9162.treeHead(leaves)));
      expect(await RFC9162.verifyTree(root, leaves)).toBe(true);

      const index = at % size;
      expect(hex(inclusionProof(leaves, index))).toEqual(hex(await RFC9162.PATH(index, leaves)));

      const oldSize = index;
      if (oldSize === 0) return;
      const oldRoot = tree.root(oldSize);
      const withOldRoot = Number.isInteger(Math.log2(oldSize)) ? [oldRoot] : [];
      const theirs = await RFC9162.PROOF(oldSize, leaves);
      expect(hex([...withOldRoot, ...tree.consistencyProof(oldSize)])).toEqual(hex(theirs));
      const claim = { log_id: "", tree_size_1: oldSize, tree_size_2: size, consistency_path: theirs };
      expect(await RFC9162.verifyConsistencyProof(oldRoot, root, claim)).toBe(true);
      const proof = theirs.slice(withOldRoot.length);
      expect(verifyConsistency({ oldSize, oldRoot, size, root, proof })).toBe(true);
    }),
    { seed: 24, numRuns: 60 },
  );
});

/**
 * `merkletreejs` promotes an odd node as we do, and knows nothing of the RFC's two domains: leaves come to it hashed, and
 * what it hashes are nodes.
 */
test("roots and inclusion proofs are those of a widely used library, too", () => {
  const nodes = (pair: Uint8Array) => createHash("sha256").update(Uint8Array.of(1)).update(pair).digest();
  fc.assert(
    fc.property(leavesArbitrary, fc.nat(), (leaves, at) => {
      const index = at % leaves.length;
      const theirs = new PeerTree(
        leaves.map((leaf) => Buffer.from(leafHash(leaf))),
        nodes as never,
      );
      expect(toHex(merkleRoot(leaves))).toBe(theirs.getRoot().toString("hex"));
      const proof = theirs.getProof(Buffer.from(leafHash(leaves[index] as Uint8Array)), index);
      expect(hex(inclusionProof(leaves, index))).toEqual(hex(proof.map(({ data }) => data)));
    }),
    { seed: 25, numRuns: 100 },
  );
  const epochs = Array.from({ length: 1000 }, (_, index) => new Uint8Array(32).fill(index % 256));
  const job = jobLeaves(epochs, sha256());
  const theirs = new PeerTree(
    job.map((leaf) => Buffer.from(leafHash(leaf))),
    nodes as never,
  );
  expect(toHex(jobRoot(epochs, sha256()))).toBe(theirs.getRoot().toString("hex"));
});

type Bytes = Uint8Array;
type Seven = [Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes];

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const openssl = (...parts: Uint8Array[]) => {
  const { status, stdout } = spawnSync("openssl", ["dgst", "-sha256", "-binary"], { input: Buffer.concat(parts) });
  expect(status).toBe(0);
  return Uint8Array.from(stdout);
};

test.skipIf(!hasOpenssl)("a tree of seven leaves, hashed by the openssl command", () => {
  const hashes = LEAVES.slice(0, 7).map((leaf) => openssl(Uint8Array.of(0), leaf));
  expect(hex(hashes)).toEqual(hex(LEAVES.slice(0, 7).map(leafHash)));
  const node = (left: Uint8Array, right: Uint8Array) => openssl(Uint8Array.of(1), left, right);
  const [a, b, c, d, e, f, g] = hashes as Seven;
  const root = node(node(node(a, b), node(c, d)), node(node(e, f), g));
  expect(toHex(merkleRoot(LEAVES.slice(0, 7)))).toBe(toHex(root));
});

test.skipIf(!hasOpenssl)("inputs around the block's edges, hashed by the openssl command", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
    expect(toHex(sha256(bytes))).toBe(toHex(openssl(bytes)));
  }
});
