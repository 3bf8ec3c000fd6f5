import { tokenChanges, wait } from "@cyxwiz/chain";
import { type Escrow, EscrowOutcome, EscrowState, returnableFrom } from "@cyxwiz/contracts";
import { isCyxwizError } from "@cyxwiz/errors";
import { StatusCode } from "@cyxwiz/protocol";
import { type Address, address } from "@solana/kit";
import type { EscrowContext, JobContext } from "../engine-context.ts";
import { cancelRunning } from "../escrow/cancel-running.ts";
import { readEscrow } from "../escrow/read-escrow.ts";
import { takeBack } from "../escrow/take-back.ts";
import type { JobRecord } from "../job/job-record.ts";
import { sendEscrow } from "./create-escrow.ts";

const POLL_MS = 500;
/** A refund that Central has promised gets this long before we help ourselves where we can. */
const CENTRAL_WITHIN_MS = 10_000;
/** A silent node counts as failed after two minutes; then Central refunds. */
const SETTLED_WITHIN_MS = 180_000;

/** Ends at which the node has its pay. */
const PAID: readonly EscrowOutcome[] = [EscrowOutcome.Completed, EscrowOutcome.Approved, EscrowOutcome.ResolvedForNode];

const GIVING_BACK: readonly StatusCode[] = [
  StatusCode.STATUS_CANCELLED,
  StatusCode.STATUS_REFUNDING,
  StatusCode.STATUS_REFUNDED,
];

/** A job whose escrow is to come back; with its record also where it may not be on chain yet. */
export interface RecoverableJob {
  readonly jobId: string;
  readonly escrow: Pick<JobRecord["escrow"], "address" | "nonce">;
  readonly record: JobRecord | undefined;
}

/** Where the tokens of a job that failed ended up. */
export type Recovery = "nothing was paid" | "refunded" | "paid out" | "still in escrow";

/**
 * Sees to it that the escrow of a job that will not be trained comes back: Central refunds, and where the node has not
 * started, or the deadline has passed, the payer can alone.
 *
 * @param options.cancel calls off a job that is running, too; then the node keeps its pay for what is done, and a fee.
 * Without it the job is left to its node, and comes back if that fails
 */
export async function recoverFunds(
  context: JobContext,
  job: RecoverableJob,
  options: { reason: string; cancel: boolean; signal: AbortSignal; withinMs?: number },
): Promise<Recovery> {
  const { signal, cancel, withinMs = SETTLED_WITHIN_MS } = options;
  const { rpc } = context.chain;
  await certainty({ ...context, signal }, job);
  const told = (cancel || !(await isRunning(context, job.jobId, signal))) && (await tellCentral(context, job, options));
  const ownCancelAfterMs = told ? CENTRAL_WITHIN_MS : 0;
  const startedMs = performance.now();
  for (let tried = false; ; ) {
    const escrow = await readEscrow(rpc, job, signal);
    if (!escrow) return "nothing was paid";
    if (escrow.data.state === EscrowState.Settled) {
      return PAID.includes(escrow.data.outcome) ? "paid out" : await announceRefund(context, job, signal);
    }
    const elapsedMs = performance.now() - startedMs;
    const help = helpYourself(escrow.data, { cancel, nowSeconds: BigInt(Math.floor(context.nowMs() / 1000)) });
    if (help && !tried && elapsedMs >= ownCancelAfterMs) {
      tried = true;
      await help(context, escrow.address, signal).catch(ignoreUnlessAborted(signal));
      continue;
    }
    if (elapsedMs > withinMs) return "still in escrow";
    await wait(POLL_MS, "Waiting for the refund", signal);
  }
}

// Central knows best whether its node is at work; without it, the chain decides what can be done.
async function isRunning(context: JobContext, jobId: string, signal: AbortSignal): Promise<boolean> {
  const answer = await context.central.getJobStatus({ jobId }, { signal }).catch(ignoreUnlessAborted(signal));
  return answer?.status?.status === StatusCode.STATUS_IN_PROGRESS;
}

/** Whether Central has promised to see to it. */
async function tellCentral(
  context: JobContext,
  { jobId }: RecoverableJob,
  { reason, signal }: { reason: string; signal: AbortSignal },
): Promise<boolean> {
  const ignore = ignoreUnlessAborted(signal);
  const answer = await context.central.cancelJob({ jobId, reason }, { signal }).catch(ignore);
  if (answer) return answer.refundIssued;
  // It may have heard of it before, from the node.
  const { status } = (await context.central.getJobStatus({ jobId }, { signal }).catch(ignore)) ?? {};
  return status !== undefined && GIVING_BACK.includes(status.status);
}

type Help = (context: JobContext, escrow: Address, signal: AbortSignal) => Promise<string>;

/** What the payer can do without Central, if anything. */
function helpYourself(
  escrow: Escrow,
  { cancel, nowSeconds }: { cancel: boolean; nowSeconds: bigint },
): Help | undefined {
  const from = returnableFrom(escrow);
  const overdue = from !== undefined && nowSeconds >= from;
  if (escrow.state === EscrowState.Created || overdue) return takeBack;
  if (escrow.state !== EscrowState.Running || !cancel) return undefined;
  return (context, address, signal) => cancelRunning(address, { ...context, signal });
}

/** After this the escrow is on chain, or can never get there. */
async function certainty(context: EscrowContext, job: RecoverableJob): Promise<void> {
  if (!job.record || (await readEscrow(context.chain.rpc, job, context.signal))) return;
  try {
    await sendEscrow(context, job.record);
  } catch (error) {
    if (isCyxwizError(error, "TRANSACTION_EXPIRED") || isCyxwizError(error, "TRANSACTION_FAILED")) return;
    throw error;
  }
}

async function announceRefund(context: EscrowContext, job: RecoverableJob, signal: AbortSignal): Promise<Recovery> {
  const signatures = await context.chain.rpc
    .getSignaturesForAddress(address(job.escrow.address), { commitment: "confirmed", limit: 5 })
    .send({ abortSignal: signal });
  const last = signatures.find(({ err }) => err === null);
  if (last) {
    const changes = await tokenChanges(context.chain.rpc, last.signature, { what: "the refund", signal });
    const back = changes.find((change) => change.owner === context.wallet.address);
    const amount = back === undefined ? 0n : back.after - back.before;
    context.emit({ type: "refunded", signature: last.signature, amount });
  }
  return "refunded";
}

function ignoreUnlessAborted(signal: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (signal.aborted) throw error;
    return undefined;
  };
}
