import { type Hash, sha256, u32, u64, utf8ToBytes } from "./bytes.ts";

const DOMAIN = utf8ToBytes("cyxwiz:commitment:v1");

/** What a commitment binds: which use of which escrow, and the proof that will be revealed for it. */
export interface CommittedProof {
  /** The escrow account's 32 bytes. */
  readonly escrow: Uint8Array;
  readonly nonce: bigint;
  readonly leafCount: number;
  readonly root: Hash;
  readonly resultHash: Hash;
}

/**
 * What is put on chain before a proof is revealed, so that nobody can copy it from the network and be first:
 * SHA-256("cyxwiz:commitment:v1" ‖ escrow ‖ nonce (u64 LE) ‖ leaf count (u32 LE) ‖ root ‖ result hash).
 */
export function proofCommitment({ escrow, nonce, leafCount, root, resultHash }: CommittedProof): Hash {
  return sha256(DOMAIN, escrow, u64(nonce), u32(leafCount), root, resultHash);
}
