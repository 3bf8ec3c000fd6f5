import { concatBytes, type Hash, u32 } from "./bytes.ts";
import { MerkleBuilder } from "./merkle.ts";

const CHECKPOINT_LEAF = Uint8Array.of(1);
const RESULT_LEAF = Uint8Array.of(2);

/** Data of an epoch's leaf: 0x01 ‖ epoch (u32 LE, from 1) ‖ H_epoch. */
export function checkpointLeaf(epoch: number, checkpointHash: Hash): Uint8Array {
  return concatBytes(CHECKPOINT_LEAF, u32(epoch), checkpointHash);
}

/** Data of the last leaf: 0x02 ‖ result hash, the SHA-256 of the weights file. */
export function resultLeaf(resultHash: Hash): Uint8Array {
  return concatBytes(RESULT_LEAF, resultHash);
}

/** All leaves of a job's tree: its checkpoints in order and, once there is one, its result. */
export function jobLeaves(checkpoints: readonly Hash[], resultHash?: Hash): Uint8Array[] {
  const leaves = checkpoints.map((hash, index) => checkpointLeaf(index + 1, hash));
  return resultHash === undefined ? leaves : [...leaves, resultLeaf(resultHash)];
}

/** The root that goes on chain, over {@link jobLeaves}. */
export function jobRoot(checkpoints: readonly Hash[], resultHash?: Hash): Hash {
  const builder = new MerkleBuilder();
  for (const leaf of jobLeaves(checkpoints, resultHash)) builder.add(leaf);
  return builder.root();
}
