import { createHash } from "node:crypto";

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest());
const u32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: bigint) => new Uint8Array(BigUint64Array.of(value).buffer);

/** A job's tree, and what shows that its last checkpoint and its result are its last two leaves. */
export interface JobTree {
  readonly root: Uint8Array;
  readonly leafCount: number;
  readonly resultHash: Uint8Array;
  readonly checkpointHash: Uint8Array;
  readonly siblings: Uint8Array[];
}

/** The tree of a job with these links of its hash chain; written down here a second time, apart from packages/proof. */
export function jobTree(checkpoints: readonly Uint8Array[], resultHash: Uint8Array): JobTree {
  const leaves = [
    ...checkpoints.map((hash, index) => sha256(Uint8Array.of(0, 1), u32(index + 1), hash)),
    sha256(Uint8Array.of(0, 2), resultHash),
  ];
  const siblings: Uint8Array[] = [];
  let level = leaves;
  let together = false;
  while (level.length > 1) {
    const even = level.length % 2 === 0;
    if (together && even) siblings.push(level.at(-2)!);
    if (!together && !even) siblings.push(level.at(-3)!);
    together ||= even;
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, index) => {
      const [left, right] = [level[2 * index]!, level[2 * index + 1]];
      return right === undefined ? left : sha256(Uint8Array.of(1), left, right);
    });
  }
  return { root: level[0]!, leafCount: leaves.length, resultHash, checkpointHash: checkpoints.at(-1)!, siblings };
}

/** What `commit_proof` takes. */
export function commitmentOf(
  escrow: Uint8Array,
  nonce: bigint,
  proof: Pick<JobTree, "root" | "leafCount" | "resultHash">,
): Uint8Array {
  const domain = new TextEncoder().encode("cyxwiz:commitment:v1");
  return sha256(domain, escrow, u64(nonce), u32(proof.leafCount), proof.root, proof.resultHash);
}
