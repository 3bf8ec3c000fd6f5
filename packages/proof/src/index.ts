export { type AuditDraw, auditLots } from "./audit-lots.ts";
export { AUDIT_OUTCOMES, type AuditOutcome, type AuditVerdict, encodeAuditVerdict } from "./audit-verdict.ts";
export * from "./bisection/index.ts";
export { concatBytes, equalBytes, type Hash, hashFromHex, sha256, sha256Bulk, toHex, utf8ToBytes } from "./bytes.ts";
export { encodeCancelOrder } from "./cancel-order.ts";
export { type Epoch, firstBrokenLink, type Genesis, genesisHash, nextHash } from "./chain.ts";
export { completionClaim } from "./completion-claim.ts";
export { type CompletionProof, completionProof, verifyCompletion } from "./completion-proof.ts";
export { type ConsistencyClaim, consistencyProof, verifyConsistency } from "./consistency-proof.ts";
export { inclusionProof, verifyInclusion } from "./inclusion-proof.ts";
export { hashJobTerms, type JobTerms } from "./job-terms.ts";
export { checkpointLeaf, jobLeaves, jobRoot, resultLeaf } from "./job-tree.ts";
export { leafHash, MerkleBuilder, merkleRoot } from "./merkle.ts";
export { MerkleTree } from "./merkle-tree.ts";
export { encodeMetrics, hashMetrics } from "./metrics.ts";
export { encodeParameterOrder, type ParameterOrder } from "./parameter-order.ts";
export { type CommittedProof, proofCommitment } from "./proof-commitment.ts";
export {
  type AnchoredRoot,
  type CommitmentProblem,
  type CommitmentsVerdict,
  type JobCommitments,
  type Link,
  verifyCommitments,
} from "./verify-commitments.ts";
