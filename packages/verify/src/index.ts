export type { AgreedJob } from "./agreed-job.ts";
export { chooseEpochs, type Segment, segmentsFor } from "./choose-epochs.ts";
export type { EpochChoice, JobVerdict, ReplayVerdict } from "./job-verdict.ts";
export { type FilesContext, type NodeFiles, openNodeFiles } from "./node-files.ts";
export type { NodeProof } from "./node-proof.ts";
export type { JobOnChain } from "./read-on-chain.ts";
export { type Commitments, type VerifyBy, verifyAgainst } from "./verify-against.ts";
export type { ProofCalls, VerifyContext } from "./verify-context.ts";
export { type VerifyOptions, verifyJob } from "./verify-job.ts";
