import { create } from "@bufbuild/protobuf";
import { type JobConfig, JobConfigSchema, JobPriority, JobType } from "@cyxwiz/protocol";
import { aboutData } from "../data/job-data.ts";
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
  const { sha256, trainSamples, testSamples } = await aboutData(job.dataset);
  return create(JobConfigSchema, {
    jobType: JobType.TRAINING,
    priority: PRIORITIES[job.priority ?? "normal"],
    modelDefinition: JSON.stringify(job.spec),
    batchSize: training.batch_size,
    epochs: training.epochs,
    paymentAddress: payer,
    datasetSha256: sha256,
    datasetSamples: BigInt(trainSamples),
    testSamples: BigInt(testSamples),
    seed: BigInt(training.seed),
    reservationDurationMinutes: job.reserveMinutes ?? 0,
  });
}
