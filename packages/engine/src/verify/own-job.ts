import { CyxwizError } from "@cyxwiz/errors";
import { hashJobTerms, toHex } from "@cyxwiz/proof";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import { openDataset } from "@cyxwiz/training";
import { openDatasetFile } from "@cyxwiz/training/node";
import type { OwnJob } from "@cyxwiz/verify";
import { isSent } from "../data/job-data.ts";
import { makeJobConfig } from "../job/job-config.ts";
import type { JobRequest } from "../job/job-request.ts";

/**
 * The job as the payer has it: his own words, held against the terms that he signed.
 *
 * @throws CyxwizError `JOB_TERMS_MISMATCH` where it is another job.
 */
export async function ownJob(
  job: JobRequest,
  { jobId, termsHash, payerWallet }: GetCommitmentsResponse,
): Promise<OwnJob> {
  const actual = toHex(hashJobTerms({ ...(await makeJobConfig(job, payerWallet)), jobId }));
  if (actual !== termsHash) {
    const what = "the hash of the terms that the job file gives";
    throw new CyxwizError("JOB_TERMS_MISMATCH", { jobId, what, expected: termsHash, actual });
  }
  const { spec, dataset: data } = job;
  if (isSent(data)) return { spec, dataset: openDataset(data), source: data };
  return "path" in data
    ? { spec, dataset: openDatasetFile(data.path), source: { path: data.path } }
    : { spec, datasetSha256: data.sha256 };
}
