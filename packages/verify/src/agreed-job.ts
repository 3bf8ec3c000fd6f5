import { hashJobTerms, sha256Bulk, toHex } from "@cyxwiz/proof";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import { type Dataset, openDataset, specOfJob, type TrainingSpec } from "@cyxwiz/training";
import type { NodeFiles } from "./node-files.ts";
import type { NodeProof } from "./node-proof.ts";

/** As much as a node takes with a job. */
const MAX_DATASET_BYTES = 4 * 1024 ** 3;

/** What was agreed to be trained, on which data. */
export interface AgreedJob {
  readonly spec: TrainingSpec;
  readonly dataset: Dataset;
  /** What the data set was opened from. */
  readonly datasetBytes: Uint8Array;
}

/**
 * The job as the node has it, held against the terms that the payer signed.
 *
 * @returns the job, or in what the node shows something else.
 */
export async function servedJob(
  proof: NodeProof,
  files: NodeFiles,
  { jobId, termsHash }: GetCommitmentsResponse,
): Promise<AgreedJob | { readonly problem: string }> {
  const actual = toHex(hashJobTerms({ ...proof.config, jobId }));
  if (actual !== termsHash)
    return { problem: `the node shows terms with the hash ${actual}; agreed were ${termsHash}` };
  const agreed = proof.config.datasetSha256 || proof.datasetSha256;
  const bytes = await files.dataset(MAX_DATASET_BYTES);
  const hash = toHex(await sha256Bulk(bytes));
  if (hash !== agreed) return { problem: `the node serves data with the hash ${hash}; agreed was ${agreed}` };
  return { spec: specOfJob(proof.config), dataset: openDataset(bytes), datasetBytes: bytes };
}
