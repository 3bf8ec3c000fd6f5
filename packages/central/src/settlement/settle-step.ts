import { type Escrow, EscrowState } from "@cyxwiz/contracts";
import { eq } from "drizzle-orm";
import { type Job, jobs } from "../database/schema/index.ts";
import { findJobIfAny, stateOf } from "../jobs/find-job.ts";
import { after } from "../jobs/lifecycle.ts";
import { disputeStep } from "./dispute-step.ts";
import { giveBackStep } from "./give-back-step.ts";
import { payStep } from "./pay-step.ts";
import { recordEnd } from "./record-end.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { notYet, type StepResult } from "./step.ts";

const IN_DISPUTE: readonly EscrowState[] = [EscrowState.Disputed, EscrowState.Appealed, EscrowState.Resolved];

/**
 * One step of a job's settlement: reads the chain, which is the truth, then does what is missing there.
 *
 * @returns `over` when nothing is left to do, `again` after a step
 * @throws CyxwizError TIMED_OUT when the chain is not ready for the next step yet
 */
export async function settleStep(context: SettlementContext, jobId: string, signal: AbortSignal): Promise<StepResult> {
  const job = await findJobIfAny(context.db, jobId);
  if (!job) return "over";
  const { escrowAddress: address, escrowNonce: nonce } = job;
  const state = stateOf(job);
  if (address === null || nonce === null || after(state, "refunded") === undefined) return "over";
  const escrow = (await context.chain.escrow(address))?.escrow;
  if (escrow === undefined || escrow.nonce !== nonce || escrow.state === EscrowState.Settled) {
    if (await recordEnd(context, job, escrow)) return "over";
    throw notYet(jobId, "its escrow to be seen");
  }
  await noteDeadline(context, job, escrow);
  const subject = { job, address, escrow };
  if (IN_DISPUTE.includes(escrow.state)) return disputeStep(context, subject, signal);
  if (state === "VERIFYING" || state === "PAYING") return payStep(context, subject, signal);
  return state === "REFUNDING" ? giveBackStep(context, subject, signal) : "over";
}

// A payer may give a job more time, which only the chain knows of.
async function noteDeadline({ db }: SettlementContext, job: Job, { deadline }: Escrow): Promise<void> {
  const escrowDeadline = new Date(Number(deadline) * 1_000);
  if (job.escrowDeadline?.getTime() === escrowDeadline.getTime()) return;
  await db.update(jobs).set({ escrowDeadline }).where(eq(jobs.id, job.id));
}
