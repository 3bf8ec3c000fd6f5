import {
  cancellationShares,
  completionShares,
  type Escrow,
  EscrowOutcome,
  EscrowState,
  REPORT_DUE,
} from "@cyxwiz/contracts";
import { now } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { tryMove } from "../jobs/move-job.ts";
import { queueEnd } from "../nodes/reputation.ts";
import type { EscrowEnd } from "../platform/platform-chain.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { closeOpen, landedSignature } from "./transactions.ts";

/** Ends at which the node has its full pay. */
const PAID: readonly EscrowOutcome[] = [EscrowOutcome.Completed, EscrowOutcome.Approved, EscrowOutcome.ResolvedForNode];

/**
 * Writes down how an escrow that is settled on chain has ended, whoever ended it.
 *
 * @param escrow the account as it is now: it may serve another job already, or be gone
 * @returns false when the chain doesn't show an end yet
 */
export async function recordEnd(context: SettlementContext, job: Job, escrow: Escrow | undefined): Promise<boolean> {
  const end = await findEnd(context, job, escrow);
  if (!end) return false;
  await closeOpen(context, job.id);
  const isPaid = PAID.includes(end.outcome);
  const completedAt = now(context);
  const change = isPaid
    ? {
        paymentTxSignature: end.signature ?? null,
        paidToNode: end.toNode,
        paidToPlatform: end.toTreasury,
        escrowStatus: "COMPLETED",
        progress: 1,
        completedAt,
      }
    : {
        refundTxSignature: end.signature ?? null,
        paidToNode: end.toNode,
        refunded: end.toPayer,
        escrowStatus: "REFUNDED",
        completedAt: job.completedAt ?? completedAt,
      };
  await context.db.transaction(async (tx) => {
    const moved = await tryMove(context, tx, job.id, isPaid ? "paid" : "refunded", change);
    if (!moved) return;
    await queueEnd(context, tx, moved, end.outcome);
    if (isOf(job, escrow) && escrow.reported === REPORT_DUE) await context.queue.send(tx, "report", job.id);
  });
  return true;
}

async function findEnd(
  context: SettlementContext,
  job: Job,
  escrow: Escrow | undefined,
): Promise<(Omit<EscrowEnd, "signature"> & { readonly signature?: string }) | undefined> {
  const { escrowAddress: address, escrowNonce: nonce } = job;
  if (address === null || nonce === null) return undefined;
  const ours = await ourSignature(context, job.id);
  const end = await context.chain.escrowEnd(address, nonce, ours);
  if (end) return end;
  // Not every provider keeps the history; the account itself says how its present use has ended.
  if (!isOf(job, escrow) || escrow.state !== EscrowState.Settled) return undefined;
  return { outcome: escrow.outcome, ...sharesOf(escrow), ...(ours !== undefined && { signature: ours }) };
}

async function ourSignature(context: SettlementContext, jobId: string): Promise<string | undefined> {
  for (const purpose of ["complete_payment", "refund", "cancel", "execute", "time_out"] as const) {
    const signature = await landedSignature(context, jobId, purpose);
    if (signature !== undefined) return signature;
  }
  return undefined;
}

function isOf(job: Job, escrow: Escrow | undefined): escrow is Escrow {
  return escrow !== undefined && escrow.nonce === job.escrowNonce;
}

function sharesOf(escrow: Escrow): Pick<EscrowEnd, "toNode" | "toTreasury" | "toPayer"> {
  const { amount, feeBps, cancelFeeBps, leafCount, checkpoints, outcome } = escrow;
  if (PAID.includes(outcome)) {
    const { node, treasury, payer } = completionShares(amount, feeBps);
    return { toNode: node, toTreasury: treasury, toPayer: payer };
  }
  if (outcome !== EscrowOutcome.CancelledRunning) return { toNode: 0n, toTreasury: 0n, toPayer: amount };
  const { node, payer } = cancellationShares(amount, { leafCount, checkpoints, cancelFeeBps });
  return { toNode: node, toTreasury: 0n, toPayer: payer };
}
