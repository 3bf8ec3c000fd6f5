import { CyxwizError } from "@cyxwiz/errors";
import { hashJobTerms, toHex } from "@cyxwiz/proof";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import { openDataset } from "@cyxwiz/training";
import type { AgreedJob } from "@cyxwiz/verify";
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
): Promise<AgreedJob> {
  const actual = toHex(hashJobTerms({ ...(await makeJobConfig(job, payerWallet)), jobId }));
  if (actual !== termsHash) {
    const what = "the hash of the terms that the job file gives";
    throw new CyxwizError("JOB_TERMS_MISMATCH", { jobId, what, expected: termsHash, actual });
  }
  return { spec: job.spec, dataset: openDataset(job.dataset), datasetBytes: job.dataset };
}
