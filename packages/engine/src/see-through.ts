import type { PaidJob } from "./attach/paid-job.ts";
import { DataProvider } from "./data/data-provider.ts";
import type { JobData } from "./data/job-data.ts";
import type { JobContext } from "./engine-context.ts";
import type { JobEvent } from "./events/job-event.ts";
import type { JobResult } from "./job/job-handle.ts";
import { type FollowedTraining, followTraining } from "./node-session/follow-training.ts";
import type { NodeLink } from "./node-session/node-link.ts";
import type { NodeSession } from "./node-session/node-session.ts";
import { verifySettlement } from "./receipt/verify-settlement.ts";
import { awaitSettlement } from "./stages/await-settlement.ts";
import { expectedRoot } from "./stages/expected-root.ts";
import { askForStatus, assertNotEnded } from "./stages/job-end.ts";
import { reviewOf } from "./stages/review.ts";
import { downloadFrom } from "./weights/download-from.ts";

const SETTLED_WITHIN_MS = 180_000;

/** Follows a job that its node has, from wherever it stands to the receipt. */
export async function seeThrough(
  context: JobContext,
  { job, link, output, data }: { job: PaidJob; link: NodeLink; output: string; data: JobData | undefined },
): Promise<JobResult> {
  const { signal, emit } = context;
  const { jobId } = job;
  const assertStillOn = async () => assertNotEnded(jobId, await askForStatus(context.central, jobId, signal));
  const training = await withProvider(data, (provider) =>
    followTraining({ link, jobId, signal, onEvent: emit, assertStillOn, data: provider }),
  );
  const { resultHash, finalMetrics: metrics, finalWeightsSize } = training.complete;
  emit({ type: "trained", resultHash, metrics, weightsBytes: Number(finalWeightsSize) });
  const session = await link.session();
  // The node keeps the weights for a while whatever happens to the payment, so both go on at once.
  const review = await reviewOf(context, job);
  const withinMs = review ? Number.POSITIVE_INFINITY : SETTLED_WITHIN_MS;
  const onEvent = (event: JobEvent) => {
    emit(event);
    if (event.type === "anchored") review?.tell();
  };
  const settlement = await withWeights(context, (bothSignal) => [
    fetchWeights({ ...context, signal: bothSignal }, { session, training, jobId, output }),
    awaitSettlement(context.central, { jobId, signal: bothSignal, withinMs, onEvent }),
  ]);
  const receipt = await verifySettlement(
    context.chain.rpc,
    {
      jobId,
      escrow: job.escrow.address,
      nonce: BigInt(job.escrow.nonce),
      amount: BigInt(job.escrow.amount),
      resultHash,
      root: expectedRoot(training),
      payer: context.wallet.address,
      node: job.nodeWallet,
      escrowSignature: job.escrow.signature,
      anchorSignature: settlement.anchorTxSignature,
      paymentSignature: settlement.paymentTxSignature,
    },
    { programs: context.programs, signal },
  );
  await context.records.remove(jobId);
  return { jobId, weightsPath: output, resultHash, metrics, receipt };
}

async function withProvider<T>(
  data: JobData | undefined,
  use: (provider: DataProvider | undefined) => Promise<T>,
): Promise<T> {
  const provider = data && "path" in data ? new DataProvider(data.path) : undefined;
  try {
    return await use(provider);
  } finally {
    await provider?.close();
  }
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
  const expected = { sha256: job.training.complete.resultHash, path: output, signal: context.signal };
  const { bytes, sha256 } = await downloadFrom(session, jobId, expected);
  context.emit({ type: "downloaded", path: output, bytes, sha256 });
}
