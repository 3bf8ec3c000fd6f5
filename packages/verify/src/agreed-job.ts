import { hashJobTerms, toHex } from "@cyxwiz/proof";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import { specOfJob, type TrainingSpec } from "@cyxwiz/training";
import type { NodeFiles } from "./node-files.ts";
import type { NodeProof } from "./node-proof.ts";
import { type AgreedData, servedData } from "./served-data.ts";

/** What was agreed to be trained, on which data. */
export interface AgreedJob extends AgreedData {
  readonly spec: TrainingSpec;
}

/** The same as its payer has it, who may have only the data's hash (hex). */
export type OwnJob = AgreedJob | { readonly spec: TrainingSpec; readonly datasetSha256: string };

/**
 * The job that was agreed on: as its payer has it, with the node's data where the payer has only the hash; else as the node
 * has it.
 *
 * @param cleanups takes what is to be done once the job is not needed any more
 * @returns the job, or in what the node shows something else.
 */
export async function agreedJob(
  from: {
    readonly claimed: GetCommitmentsResponse;
    readonly proof: NodeProof;
    readonly files: NodeFiles;
    readonly own: OwnJob | undefined;
  },
  cleanups: AsyncDisposableStack,
): Promise<AgreedJob | { readonly problem: string }> {
  const { claimed, proof, files, own } = from;
  return own ? withData(own, files, cleanups) : servedJob(proof, files, claimed, cleanups);
}

/** The job as the node has it, held against the terms that the payer signed. */
async function servedJob(
  proof: NodeProof,
  files: NodeFiles,
  { jobId, termsHash }: GetCommitmentsResponse,
  cleanups: AsyncDisposableStack,
): Promise<AgreedJob | { readonly problem: string }> {
  const actual = toHex(hashJobTerms({ ...proof.config, jobId }));
  if (actual !== termsHash)
    return { problem: `the node shows terms with the hash ${actual}; agreed were ${termsHash}` };
  const data = await servedData(files, proof.config.datasetSha256 || proof.datasetSha256, cleanups);
  return "problem" in data ? data : { spec: specOfJob(proof.config), ...data };
}

/** Data that the payer does not have is the node's, if it has the hash that the payer knows. */
async function withData(
  job: OwnJob,
  files: NodeFiles,
  cleanups: AsyncDisposableStack,
): Promise<AgreedJob | { readonly problem: string }> {
  if ("dataset" in job) return job;
  const data = await servedData(files, job.datasetSha256, cleanups);
  return "problem" in data ? data : { spec: job.spec, ...data };
}
