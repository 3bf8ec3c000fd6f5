import { EscrowState, jobIdFromBytes } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import { isSignature } from "@solana/kit";
import { and, eq, isNotNull, ne, or } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { type Job, jobs, jobTokens, nodes } from "../database/schema/index.ts";
import { isDuplicate } from "../database/sqlstate.ts";
import { queueRefund } from "../jobs/fail-job.ts";
import { findJob, lockState, stateOf } from "../jobs/find-job.ts";
import { loadConfig } from "../jobs/job-config.ts";
import { isConnectable } from "../jobs/lifecycle.ts";
import { move, tryMove } from "../jobs/move-job.ts";
import type { EscrowCreation, EscrowOnChain } from "../platform/platform-chain.ts";
import { epochsOf } from "../proofs/check-completion.ts";
import { issueToken, repeatToken } from "../tokens/issue-token.ts";
import { checkEscrow } from "./check-escrow.ts";

/** A confirmed job: where its node is, and the token for it. */
export interface ConfirmedEscrow {
  readonly node: typeof nodes.$inferSelect;
  readonly token: string;
  readonly expiresAtSeconds: number;
}

/**
 * Verifies a job's escrow on chain and gives out a token. Again for the same escrow, to the payer: a fresh token, so that
 * an engine can connect anew, and the earlier one is void unless it was used. To anybody else, who may have all that it
 * takes from the chain: the same token as long as nobody has used it, and then none.
 *
 * @param caller the wallet that has proved itself; existing engines prove nothing
 * @throws CyxwizError TOKEN_MISSING, NOT_YOURS, ESCROW_NOT_CONFIRMED, ESCROW_NOT_FOUND, ESCROW_MISMATCH, ESCROW_ALREADY_USED,
 * RESERVATION_EXPIRED (the escrow is then on its way back), JOB_ILLEGAL_MOVE, TRANSACTION_FAILED
 */
export async function confirmEscrow(
  context: Context,
  { jobId, signature, caller }: { readonly jobId: string; readonly signature: string; readonly caller?: string },
): Promise<ConfirmedEscrow> {
  const job = await findJob(context.db, jobId);
  if (!isSignature(signature)) {
    throw new CyxwizError("INVALID_FIELD", { field: "escrow_tx_signature", problem: "must be a signature in base58" });
  }
  const state = stateOf(job);
  if (isConnectable(job)) return confirmAgain(context, job, signature, caller);
  const isLate = job.confirmedAt === null && ["EXPIRED", "CANCELLED", "REFUNDING", "REFUNDED"].includes(state);
  if (state !== "PENDING_ESCROW" && !isLate) {
    throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from: state, event: "confirm" });
  }
  await refuseUsed(context, job, signature);
  const creation = await findCreation(context, signature);
  const found = await context.chain.escrow(creation.escrow);
  if (!found) throw new CyxwizError("ESCROW_NOT_FOUND", { signature });
  await refuseUsed(context, job, signature, creation);
  const isOver = job.confirmBy !== null && now(context) > job.confirmBy;
  if (isLate || isOver) return refuseLate(context, job, signature, creation, found);
  checkEscrow(found, await expected(context, job, creation));
  return confirm(context, job, { signature, caller }, creation, found);
}

async function expected(context: Context, job: Job, creation: EscrowCreation) {
  const [platform, node] = await Promise.all([context.chain.platform(), nodeOf(context, job)]);
  return {
    address: creation.escrow,
    program: context.chain.jobEscrowProgram,
    nonce: creation.nonce,
    jobId: job.id,
    amount: job.quotedAmount ?? 0n,
    mint: platform.mint,
    payer: job.payerWallet ?? "",
    node: node.walletPubkey ?? "",
    deadline: BigInt(Math.floor((job.escrowDeadline?.getTime() ?? 0) / 1_000)),
    termsHash: toHex(job.termsHash ?? new Uint8Array()),
    checkpoints: epochsOf(loadConfig(job.config)),
  };
}

async function confirm(
  context: Context,
  job: Job,
  { signature, caller }: { readonly signature: string; readonly caller: string | undefined },
  creation: EscrowCreation,
  found: EscrowOnChain,
): Promise<ConfirmedEscrow> {
  const node = await nodeOf(context, job);
  const change = {
    ...escrowColumns(signature, creation, found),
    escrowStatus: "CONFIRMED",
    confirmedAt: now(context),
  };
  try {
    return await context.db.transaction(async (tx) => {
      await move(context, tx, job.id, "confirm", change);
      await context.queue.send(tx, "start-timeout", job.id, context.config.startSeconds);
      return { node, ...(await issueToken(context, tx, job.id, node.id)) };
    });
  } catch (error) {
    if (isDuplicate(error)) throw new CyxwizError("ESCROW_ALREADY_USED", { signature }, { cause: error });
    // Two calls at once: the other one confirmed it first.
    const current = await findJob(context.db, job.id);
    if (isConnectable(current)) return confirmAgain(context, current, signature, caller);
    throw error;
  }
}

async function confirmAgain(
  context: Context,
  job: Job,
  signature: string,
  caller: string | undefined,
): Promise<ConfirmedEscrow> {
  if (job.escrowTxSignature !== signature) {
    const escrow = { expected: job.escrowTxSignature ?? "none", actual: signature };
    throw new CyxwizError("ESCROW_MISMATCH", { field: "transaction", ...escrow });
  }
  const node = await nodeOf(context, job);
  return context.db.transaction(async (tx) => {
    if (caller === job.payerWallet) return { node, ...(await issueToken(context, tx, job.id, node.id)) };
    await lockState(tx, job.id);
    const what = `Another token for job ${job.id}`;
    const [used] = await tx
      .select({ id: jobTokens.id })
      .from(jobTokens)
      .where(and(eq(jobTokens.jobId, job.id), isNotNull(jobTokens.redeemedAt)))
      .limit(1);
    if (used) throw new CyxwizError(caller === undefined ? "TOKEN_MISSING" : "NOT_YOURS", { what });
    return { node, ...(await repeatToken(context, tx, job.id, node.id)) };
  });
}

// An escrow that came too late goes back; what is in it was meant for this job and nobody else.
async function refuseLate(
  context: Context,
  job: Job,
  signature: string,
  creation: EscrowCreation,
  found: EscrowOnChain,
): Promise<never> {
  await context.db.transaction(async (tx) => {
    await tryMove(context, tx, job.id, "expire", { completedAt: now(context) });
    // That of somebody else, who only names this job, must not take the place of the payer's own.
    if (found.escrow?.payer === job.payerWallet && isRefundable(context, job, creation, found)) {
      const [known] = await tx
        .update(jobs)
        .set({ ...escrowColumns(signature, creation, found), escrowStatus: "PENDING" })
        .where(and(eq(jobs.id, job.id), or(eq(jobs.status, "EXPIRED"), eq(jobs.status, "CANCELLED"))))
        .returning();
      if (known) await queueRefund(context, tx, known);
    }
  });
  throw new CyxwizError("RESERVATION_EXPIRED", { jobId: job.id });
}

/** What is in dispute is the arbiter's. */
const REFUNDABLE: readonly EscrowState[] = [
  EscrowState.Created,
  EscrowState.Running,
  EscrowState.Committed,
  EscrowState.Proven,
];

/** Whether an escrow is this job's and still holds its tokens. Its node may have started it without being asked. */
export function isRefundable(
  context: Context,
  job: Job,
  creation: EscrowCreation,
  { owner, escrow, expectedAddress }: EscrowOnChain,
): boolean {
  return (
    escrow !== undefined &&
    owner === context.chain.jobEscrowProgram &&
    expectedAddress === creation.escrow &&
    escrow.nonce === creation.nonce &&
    REFUNDABLE.includes(escrow.state) &&
    jobIdFromBytes(escrow.jobId) === job.id
  );
}

/** What is noted of an escrow. */
export function escrowColumns(signature: string | null, creation: EscrowCreation, found: EscrowOnChain) {
  return {
    escrowTxSignature: signature,
    escrowAddress: creation.escrow as string,
    escrowNonce: creation.nonce,
    escrowAmount: found.escrow?.amount ?? 0n,
  };
}

async function findCreation(context: Context, signature: string): Promise<EscrowCreation> {
  const creation = await context.chain.escrowCreatedBy(signature);
  if (creation) return creation;
  const state = await context.chain.transactionState(signature);
  if (state.kind === "failed") {
    throw new CyxwizError("TRANSACTION_FAILED", { what: "create_escrow", signature, reason: state.reason });
  }
  throw new CyxwizError(state.kind === "confirmed" ? "ESCROW_NOT_FOUND" : "ESCROW_NOT_CONFIRMED", { signature });
}

async function refuseUsed(context: Context, job: Job, signature: string, creation?: EscrowCreation): Promise<void> {
  const sameUse = creation && and(eq(jobs.escrowAddress, creation.escrow), eq(jobs.escrowNonce, creation.nonce));
  const [other] = await context.db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(ne(jobs.id, job.id), or(eq(jobs.escrowTxSignature, signature), sameUse)));
  if (other) throw new CyxwizError("ESCROW_ALREADY_USED", { signature });
}

async function nodeOf(context: Context, job: Job): Promise<typeof nodes.$inferSelect> {
  const [node] = await context.db
    .select()
    .from(nodes)
    .where(eq(nodes.id, job.assignedNodeId ?? job.id));
  if (!node) throw new CyxwizError("NODE_NOT_FOUND", { nodeId: job.assignedNodeId ?? "none" });
  return node;
}
