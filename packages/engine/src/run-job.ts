import { fetchPlatform, findPlatformAddress } from "@cyxwiz/contracts";
import { checkDataset, openDataset } from "@cyxwiz/training";
import { isSent } from "./data/job-data.ts";
import type { JobContext } from "./engine-context.ts";
import { makeJobConfig } from "./job/job-config.ts";
import type { JobResult } from "./job/job-handle.ts";
import type { JobRecord } from "./job/job-record.ts";
import type { JobRequest } from "./job/job-request.ts";
import { createJobControl } from "./node-session/job-control.ts";
import { seeThrough } from "./see-through.ts";
import { linkTo } from "./stages/connect.ts";
import { createEscrow } from "./stages/create-escrow.ts";
import { handOver } from "./stages/hand-over.ts";
import { type Quote, submitForQuote } from "./stages/quote.ts";
import { recoverAfterFailure } from "./stages/recover-after-failure.ts";
import { requireWritable } from "./weights/require-writable.ts";

/** Takes one job from its quote to its receipt; when that fails, sees to it that the tokens come back. */
export async function runJob(context: JobContext, job: JobRequest): Promise<JobResult> {
  // The rest was checked when it was opened, or is by the node, before anything is trained.
  if (isSent(job.dataset)) checkDataset(openDataset(job.dataset), job.spec);
  await requireWritable(job.output);
  const config = await makeJobConfig(job, context.wallet.address);
  const quote = await askForQuote(context, config, job.maxCost);
  let record: JobRecord | undefined;
  try {
    const { jobId, terms } = quote;
    const order = {
      jobId,
      terms,
      datasetSha256: config.datasetSha256,
      output: job.output,
      review: job.review ?? false,
    };
    record = await createEscrow(context, order, (written) => {
      record = written;
    });
    const paid = { jobId, nodeWallet: terms.nodeWallet, escrow: record.escrow, record };
    const link = linkTo(context, paid, quote.node.certificatePem);
    context.onControl(createJobControl(context, jobId, link));
    try {
      await handOver(context, link, { quote, signature: record.escrow.signature, dataset: job.dataset });
      const result = await seeThrough(context, { job: paid, link, output: job.output, data: job.dataset });
      const session = job.reserveMinutes === undefined ? undefined : link.release();
      if (session) context.keptNodes.keep({ jobId, session });
      return result;
    } finally {
      link.close();
    }
  } catch (error) {
    if (!context.isDetached()) await recoverAfterFailure(context, { jobId: quote.jobId, record, error });
    throw error;
  }
}

async function askForQuote(context: JobContext, config: Quote["config"], maxCost: bigint | undefined): Promise<Quote> {
  const { chain, programs, signal } = context;
  const platform = await fetchPlatform(chain.rpc, await findPlatformAddress(programs), {
    commitment: "confirmed",
    abortSignal: signal,
  });
  const limits = {
    maxCost,
    jobEscrowProgram: programs.jobEscrow,
    nodeRegistryProgram: programs.nodeRegistry,
    mint: platform.data.mint,
  };
  const quote = await submitForQuote(context.central, config, { limits, signal });
  context.emit({
    type: "quoted",
    jobId: quote.jobId,
    nodeId: quote.node.nodeId,
    nodeWallet: quote.terms.nodeWallet,
    amount: quote.terms.amount,
    confirmBySeconds: Number(quote.terms.confirmBy),
  });
  return quote;
}
