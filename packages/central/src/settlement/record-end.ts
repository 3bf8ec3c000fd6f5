import { completionShares, type Escrow, EscrowOutcome } from "@cyxwiz/contracts";
import { type Context, now } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { tryMove } from "../jobs/move-job.ts";
import { queueReputation } from "../nodes/reputation.ts";
import { landedSignature } from "./transactions.ts";

type Needs = Omit<Context, "settler" | "queue">;

/** Writes down how an escrow that is settled on chain has ended, whoever ended it. */
export async function recordEnd(context: Needs, job: Job, escrow: Escrow): Promise<void> {
  const signature = await landedSignature(context, job.id, "complete_payment");
  if (signature !== undefined || endedForNode(job, escrow)) return recordPaid(context, job, escrow, signature);
  const refundTxSignature = (await landedSignature(context, job.id, "refund")) ?? null;
  const change = { refundTxSignature, refunded: job.escrowAmount ?? 0n, escrowStatus: "REFUNDED" };
  await context.db.transaction((tx) =>
    tryMove(context, tx, job.id, "refunded", { ...change, completedAt: job.completedAt ?? now(context) }),
  );
}

// A slot that serves another job already no longer says how this one ended; then our own payment decides.
function endedForNode(job: Job, escrow: Escrow): boolean {
  if (escrow.nonce !== job.escrowNonce) return false;
  return escrow.outcome === EscrowOutcome.Completed || escrow.outcome === EscrowOutcome.ResolvedForNode;
}

async function recordPaid(context: Needs, job: Job, escrow: Escrow, signature: string | undefined): Promise<void> {
  const shares = completionShares(job.escrowAmount ?? 0n, escrow.feeBps);
  const change = {
    paymentTxSignature: signature ?? null,
    paidToNode: shares.node,
    paidToPlatform: shares.treasury,
    escrowStatus: "COMPLETED",
    progress: 1,
    completedAt: now(context),
  };
  await context.db.transaction(async (tx) => {
    const moved = await tryMove(context, tx, job.id, "paid", change);
    if (moved?.assignedNodeId) await queueReputation(context, tx, moved.assignedNodeId, "JOB_COMPLETED");
  });
}
