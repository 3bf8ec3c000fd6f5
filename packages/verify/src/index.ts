export type { AgreedJob } from "./agreed-job.ts";
export { type Segment, segmentsFor } from "./choose-epochs.ts";
export type { EpochChoice, JobVerdict, ReplayVerdict } from "./job-verdict.ts";
export { type NodeFiles, openNodeFiles } from "./node-files.ts";
export type { NodeProof } from "./node-proof.ts";
export type { ProofCalls, VerifyContext } from "./verify-context.ts";
export { type VerifyOptions, verifyJob } from "./verify-job.ts";
