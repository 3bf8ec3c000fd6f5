import { concatBytes, type Hash, sha256, u32, u64, utf8ToBytes } from "../bytes.ts";
import type { Genesis } from "../chain.ts";

/** What everything that is signed or hashed in a bisection begins with. */
export const BISECTION_DOMAIN = utf8ToBytes("cyxwiz:bisect:v1");

/** The two who disagree. */
export type Party = "challenger" | "node";

/** What two disagree about. Everything in it is public, and settled before the first move. */
export interface BisectionCase {
  /** The escrow account's 32 bytes. */
  readonly escrow: Uint8Array;
  /** Of the escrow, which serves one job after the other. */
  readonly nonce: bigint;
  /** What the chain starts from; the initial state is the node's to show. */
  readonly genesis: Omit<Genesis, "initialStateHash">;
  /** What the node has committed to. */
  readonly root: Hash;
  /** Epochs under the root. */
  readonly epochs: number;
  /** Whether the result is under it as well, as the last leaf. */
  readonly hasResult: boolean;
  /** The wallets' 32 bytes. */
  readonly challenger: Uint8Array;
  readonly node: Uint8Array;
  /** How long each may take for a move. */
  readonly moveSeconds: bigint;
}

/** The last position there is: the result, or the last epoch where there is none yet. */
export function lastPosition({ epochs, hasResult }: Pick<BisectionCase, "epochs" | "hasResult">): number {
  return hasResult ? epochs + 1 : epochs;
}

/** What the transcript starts from, so that no move counts in another case. */
export function firstTranscript(about: BisectionCase): Hash {
  const { escrow, nonce, genesis, root, challenger, node, moveSeconds } = about;
  const { jobId, termsHash, datasetHash, seed } = genesis;
  const start = [jobId, termsHash, datasetHash, u64(seed), escrow, u64(nonce), root];
  const size = [u32(about.epochs), Uint8Array.of(about.hasResult ? 1 : 0)];
  return sha256(concatBytes(BISECTION_DOMAIN, ...start, ...size, challenger, node, u64(moveSeconds)));
}
