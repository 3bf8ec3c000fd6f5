export { concatBytes, equalBytes, type Hash, hashFromHex, sha256, sha256Bulk, toHex, utf8ToBytes } from "./bytes.ts";
export { type Epoch, firstBrokenLink, type Genesis, genesisHash, nextHash } from "./chain.ts";
export { completionClaim } from "./completion-claim.ts";
export { hashJobTerms, type JobTerms } from "./job-terms.ts";
export { checkpointLeaf, jobLeaves, jobRoot, resultLeaf } from "./job-tree.ts";
export { inclusionProof, leafHash, MerkleBuilder, merkleRoot, verifyInclusion } from "./merkle.ts";
export { encodeMetrics, hashMetrics } from "./metrics.ts";
