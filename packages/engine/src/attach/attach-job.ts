import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { StatusCode } from "@cyxwiz/protocol";
import type { JobContext } from "../engine-context.ts";
import { makeJobConfig } from "../job/job-config.ts";
import type { JobResult } from "../job/job-handle.ts";
import type { JobRequest } from "../job/job-request.ts";
import { createJobControl } from "../node-session/job-control.ts";
import { seeThrough } from "../see-through.ts";
import { linkTo } from "../stages/connect.ts";
import { sendEscrow } from "../stages/create-escrow.ts";
import { askForStatus, assertNotEnded } from "../stages/job-end.ts";
import { recoverAfterFailure } from "../stages/recover-after-failure.ts";
import { sendJob } from "../stages/send-job.ts";
import { findPaidJob, type PaidJob } from "./paid-job.ts";

export interface AttachOptions {
  /** Where the weights go. Default: where the Engine that submitted the job wanted them. */
  readonly output?: string;
  /** The job itself, for one that never got to its node, or whose data is streamed from here. */
  readonly job?: JobRequest;
}

/** States in which the node has not been given the job. */
const NOT_SENT: readonly (StatusCode | undefined)[] = [
  StatusCode.STATUS_AWAITING_ESCROW,
  StatusCode.STATUS_ESCROW_CONFIRMED,
];

/**
 * Takes up a job that another Engine process has paid for, and sees it through.
 */
export async function attachJob(context: JobContext, jobId: string, options: AttachOptions): Promise<JobResult> {
  const { signal } = context;
  const known = await askForStatus(context.central, jobId, signal);
  const job = await findPaidJob(context, jobId, known, signal);
  const output = options.output ?? options.job?.output ?? job.record?.output;
  if (output === undefined) {
    const problem = "it is not known where the weights of this job go; name a file";
    throw new CyxwizError("CONFIG_INVALID", { source: `job ${jobId}`, problem });
  }
  assertNotEnded(jobId, known);
  // The Engine may have crashed between writing its payment down and sending it.
  if (job.record && known?.status?.status === StatusCode.STATUS_AWAITING_ESCROW) await sendEscrow(context, job.record);
  const link = linkTo(context, job);
  context.onControl(createJobControl(context, jobId, link));
  try {
    if (NOT_SENT.includes(known?.status?.status)) await send(context, job, options.job, link);
    return await seeThrough(context, { job, link, output, data: options.job?.dataset });
  } catch (error) {
    // That it cannot be followed now is no reason to call a job off.
    const isOver = isCyxwizError(error, "TRAINING_FAILED") || isCyxwizError(error, "JOB_ENDED");
    const isCancelled = signal.aborted && !context.isDetached();
    if (job.record && (isOver || isCancelled)) await recoverAfterFailure(context, { jobId, record: job.record, error });
    throw error;
  } finally {
    link.close();
  }
}

async function send(
  context: JobContext,
  { jobId }: PaidJob,
  job: JobRequest | undefined,
  link: ReturnType<typeof linkTo>,
): Promise<void> {
  if (!job) {
    const problem =
      "it is paid for, but its node was never given it; attach with the job file, or get the tokens back by `cyxwiz wallet recover`";
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what: `Following job ${jobId}`, problem });
  }
  const config = await makeJobConfig(job, context.wallet.address);
  config.jobId = jobId;
  await sendJob(context, await link.session(), { config, dataset: job.dataset });
}
