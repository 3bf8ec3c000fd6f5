import { create } from "@bufbuild/protobuf";
import { sha256Bulk, toHex } from "@cyxwiz/proof";
import { type JobConfig, JobConfigSchema, JobPriority, JobType } from "@cyxwiz/protocol";
import { openDataset } from "@cyxwiz/training";
import type { JobRequest, Priority } from "./job-request.ts";

const PRIORITIES: Record<Priority, JobPriority> = {
  low: JobPriority.PRIORITY_LOW,
  normal: JobPriority.PRIORITY_NORMAL,
  high: JobPriority.PRIORITY_HIGH,
  critical: JobPriority.PRIORITY_CRITICAL,
};

/** The job as it is sent to Central and to the node. Throws DATA_INVALID for a data set that cannot be read. */
export async function makeJobConfig(job: JobRequest, payer: string): Promise<JobConfig> {
  const { training } = job.spec;
  const dataset = openDataset(job.dataset);
  return create(JobConfigSchema, {
    jobType: JobType.TRAINING,
    priority: PRIORITIES[job.priority ?? "normal"],
    modelDefinition: JSON.stringify(job.spec),
    batchSize: training.batch_size,
    epochs: training.epochs,
    paymentAddress: payer,
    datasetSha256: toHex(await sha256Bulk(job.dataset)),
    datasetSamples: BigInt(dataset.train.samples),
    testSamples: BigInt(dataset.test?.samples ?? 0),
    seed: BigInt(training.seed),
    reservationDurationMinutes: job.reserveMinutes ?? 0,
  });
}
