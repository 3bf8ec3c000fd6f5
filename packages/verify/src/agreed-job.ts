import { hashJobTerms, sha256Bulk, toHex } from "@cyxwiz/proof";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import { openDataset, specOfJob, type TrainingData, type TrainingSpec } from "@cyxwiz/training";
import type { DatasetSource } from "@cyxwiz/training/node";
import type { NodeFiles } from "./node-files.ts";
import type { NodeProof } from "./node-proof.ts";

/** As much as a node takes with a job. */
const MAX_DATASET_BYTES = 4 * 1024 ** 3;

/** The data that was agreed. */
export interface AgreedData {
  readonly dataset: TrainingData;
  /** What the data set was opened from. */
  readonly source: DatasetSource;
}

/** What was agreed to be trained, on which data. */
export interface AgreedJob extends AgreedData {
  readonly spec: TrainingSpec;
}

/** The same as its payer has it, who may have only the data's hash (hex). */
export type OwnJob = AgreedJob | { readonly spec: TrainingSpec; readonly datasetSha256: string };

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
  const data = await servedData(files, proof.config.datasetSha256 || proof.datasetSha256);
  return "problem" in data ? data : { spec: specOfJob(proof.config), ...data };
}

/**
 * The data of a job as the node has it.
 *
 * @param agreed its hash, hex
 * @returns the data, or in what it is something else.
 */
export async function servedData(files: NodeFiles, agreed: string): Promise<AgreedData | { readonly problem: string }> {
  const bytes = await files.dataset(MAX_DATASET_BYTES);
  const hash = toHex(await sha256Bulk(bytes));
  if (hash !== agreed) return { problem: `the node serves data with the hash ${hash}; agreed was ${agreed}` };
  return { dataset: openDataset(bytes), source: bytes };
}
