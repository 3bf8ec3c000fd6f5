import { wait } from "@cyxwiz/chain";
import { EscrowOutcome, EscrowState } from "@cyxwiz/contracts";
import { isCyxwizError } from "@cyxwiz/errors";
import { address } from "@solana/kit";
import type { EscrowContext, JobContext } from "../engine-context.ts";
import { readEscrow } from "../escrow/read-escrow.ts";
import { takeBack } from "../escrow/take-back.ts";
import type { JobRecord } from "../job/job-record.ts";
import { tokenChanges } from "../receipt/token-changes.ts";
import { sendEscrow } from "./create-escrow.ts";

const POLL_MS = 500;
/** A refund that Central has promised gets this long before we help ourselves where we can. */
const CENTRAL_WITHIN_MS = 10_000;
/** A silent node counts as failed after two minutes; then Central refunds. */
const SETTLED_WITHIN_MS = 180_000;

/** Where the tokens of a job that failed ended up. */
export type Recovery = "nothing was paid" | "refunded" | "paid out" | "still in escrow";

/**
 * Sees to it that the escrow of a job that will not be trained comes back: Central refunds, and where the node has not
 * started, or the deadline has passed, the payer can alone.
 */
export async function recoverFunds(
  context: JobContext,
  record: JobRecord,
  options: { reason: string; signal: AbortSignal; withinMs?: number },
): Promise<Recovery> {
  const { signal, withinMs = SETTLED_WITHIN_MS } = options;
  const { rpc } = context.chain;
  await certainty({ ...context, signal }, record);
  const told = await context.central
    .cancelJob({ jobId: record.jobId, reason: options.reason }, { signal })
    .catch(ignoreUnlessAborted(signal));
  const ownCancelAfterMs = told?.refundIssued ? CENTRAL_WITHIN_MS : 0;
  const startedMs = performance.now();
  for (let tried = false; ; ) {
    const escrow = await readEscrow(rpc, record, signal);
    if (!escrow) return "nothing was paid";
    if (escrow.data.state === EscrowState.Settled) {
      return escrow.data.outcome === EscrowOutcome.Completed
        ? "paid out"
        : await announceRefund(context, record, signal);
    }
    const elapsedMs = performance.now() - startedMs;
    const overdue = BigInt(Math.floor(context.nowMs() / 1000)) >= escrow.data.deadline;
    const ours = escrow.data.state === EscrowState.Created || overdue;
    if (ours && !tried && elapsedMs >= ownCancelAfterMs) {
      tried = true;
      await takeBack(context, escrow.address, signal).catch(ignoreUnlessAborted(signal));
      continue;
    }
    if (elapsedMs > withinMs) return "still in escrow";
    await wait(POLL_MS, "Waiting for the refund", signal);
  }
}

/** After this the escrow is on chain, or can never get there. */
async function certainty(context: EscrowContext, record: JobRecord): Promise<void> {
  if (await readEscrow(context.chain.rpc, record, context.signal)) return;
  try {
    await sendEscrow(context, record);
  } catch (error) {
    if (isCyxwizError(error, "TRANSACTION_EXPIRED") || isCyxwizError(error, "TRANSACTION_FAILED")) return;
    throw error;
  }
}

async function announceRefund(context: EscrowContext, record: JobRecord, signal: AbortSignal): Promise<Recovery> {
  const signatures = await context.chain.rpc
    .getSignaturesForAddress(address(record.escrow.address), { commitment: "confirmed", limit: 5 })
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
