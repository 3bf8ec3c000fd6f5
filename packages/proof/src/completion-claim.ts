import { utf8ToBytes } from "./bytes.ts";

/**
 * What a node signs with its wallet's key (Ed25519) when it has trained a job: the UTF-8 bytes of
 * `cyxwiz:completion:v1:<job id>:<result hash>:<root>`, both hashes in lower-case hex.
 */
export function completionClaim(claim: { jobId: string; resultHash: string; root: string }): Uint8Array {
  return utf8ToBytes(`cyxwiz:completion:v1:${claim.jobId}:${claim.resultHash}:${claim.root}`);
}
