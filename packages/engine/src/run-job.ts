import { fetchPlatform, findPlatformAddress } from "@cyxwiz/contracts";
import { checkDataset, openDataset } from "@cyxwiz/training";
import type { JobContext } from "./engine-context.ts";
import { makeJobConfig } from "./job/job-config.ts";
import type { JobResult } from "./job/job-handle.ts";
import type { JobRecord } from "./job/job-record.ts";
import type { JobRequest } from "./job/job-request.ts";
import { type FollowedTraining, followTraining } from "./node-session/follow-training.ts";
import type { NodeSession } from "./node-session/node-session.ts";
import { verifySettlement } from "./receipt/verify-settlement.ts";
import { authorize } from "./stages/authorize.ts";
import { awaitSettlement } from "./stages/await-settlement.ts";
import { connectToNode } from "./stages/connect.ts";
import { createEscrow } from "./stages/create-escrow.ts";
import { expectedRoot } from "./stages/expected-root.ts";
import { askForStatus, assertNotEnded } from "./stages/job-end.ts";
import { type Quote, submitForQuote } from "./stages/quote.ts";
import { recoverAfterFailure } from "./stages/recover-after-failure.ts";
import { sendJob } from "./stages/send-job.ts";
import { downloadWeights } from "./weights/download-weights.ts";

const SETTLED_WITHIN_MS = 180_000;

/** Takes one job from its quote to its receipt; when that fails, sees to it that the tokens come back. */
export async function runJob(context: JobContext, job: JobRequest): Promise<JobResult> {
  checkDataset(openDataset(job.dataset), job.spec);
  const config = await makeJobConfig(job, context.wallet.address);
  const quote = await askForQuote(context, config, job.maxCost);
  let record: JobRecord | undefined;
  try {
    const order = { jobId: quote.jobId, terms: quote.terms, datasetSha256: config.datasetSha256 };
    record = await createEscrow(context, order, (written) => {
      record = written;
    });
    const session = await openSession(context, quote, record);
    try {
      await sendJob(context, session, { config: quote.config, dataset: job.dataset });
      return await seeThrough(context, { quote, record, session, output: job.output });
    } finally {
      session.close();
    }
  } catch (error) {
    await recoverAfterFailure(context, { jobId: quote.jobId, record, error });
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

async function openSession(context: JobContext, quote: Quote, record: JobRecord): Promise<NodeSession> {
  const { jobId } = quote;
  const ask = () =>
    authorize(context, {
      jobId,
      signature: record.escrow.signature,
      nodeWallet: quote.terms.nodeWallet,
      certificatePem: quote.node.certificatePem,
    });
  return connectToNode(context, { jobId, authorization: await ask(), authorizeAgain: ask });
}

/** From the first step of training to the receipt. */
async function seeThrough(
  context: JobContext,
  job: { quote: Quote; record: JobRecord; session: NodeSession; output: string },
): Promise<JobResult> {
  const { quote, record, session, output } = job;
  const { signal, emit } = context;
  const { jobId } = quote;
  const assertStillOn = async () => assertNotEnded(jobId, await askForStatus(context.central, jobId, signal));
  const training = await followTraining({ session, jobId, signal, onEvent: emit, assertStillOn });
  const { resultHash, finalMetrics: metrics, finalWeightsSize } = training.complete;
  emit({ type: "trained", resultHash, metrics, weightsBytes: Number(finalWeightsSize) });
  // The node keeps the weights for a while whatever happens to the payment, so both go on at once.
  const settlement = await withWeights(context, (bothSignal) => [
    fetchWeights({ ...context, signal: bothSignal }, { session, training, jobId, output }),
    awaitSettlement(context.central, { jobId, signal: bothSignal, withinMs: SETTLED_WITHIN_MS, onEvent: emit }),
  ]);
  const receipt = await verifySettlement(
    context.chain.rpc,
    {
      jobId,
      escrow: record.escrow.address,
      nonce: BigInt(record.escrow.nonce),
      amount: BigInt(record.escrow.amount),
      resultHash,
      root: expectedRoot(training),
      payer: record.payer,
      node: quote.terms.nodeWallet,
      escrowSignature: record.escrow.signature,
      anchorSignature: settlement.anchorTxSignature,
      paymentSignature: settlement.paymentTxSignature,
    },
    { programs: context.programs, signal },
  );
  await context.records.remove(jobId);
  return { jobId, weightsPath: output, resultHash, metrics, receipt };
}

/** Waits for both; when one fails, the other is stopped and waited for. */
async function withWeights<T>(
  context: JobContext,
  start: (signal: AbortSignal) => [Promise<void>, Promise<T>],
): Promise<T> {
  const stop = new AbortController();
  const [weights, settlement] = start(AbortSignal.any([context.signal, stop.signal]));
  try {
    return (await Promise.all([settlement, weights]))[0];
  } finally {
    stop.abort();
    await Promise.allSettled([settlement, weights]);
  }
}

async function fetchWeights(
  context: JobContext,
  job: { session: NodeSession; training: FollowedTraining; jobId: string; output: string },
): Promise<void> {
  const { session, jobId, output } = job;
  const { bytes, sha256 } = await downloadWeights({
    url: `https://${session.endpoint}/jobs/${jobId}/weights`,
    certificatePem: session.certificatePem,
    dial: (signal) => session.dialer.dial("http/1.1", signal),
    bearerToken: session.token,
    sha256: job.training.complete.resultHash,
    path: output,
    signal: context.signal,
  });
  context.emit({ type: "downloaded", path: output, bytes, sha256 });
}
