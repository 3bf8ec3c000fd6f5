import { EscrowState, returnableFrom } from "@cyxwiz/contracts";
import { ERRORS } from "@cyxwiz/errors";
import { jobRoot, toHex } from "@cyxwiz/proof";
import type { Instruction } from "@solana/kit";
import { type AuditGate, auditGate } from "../audits/audit-gate.ts";
import type { Job } from "../database/schema/index.ts";
import { type ReportedEpoch, reportedEpochs } from "../proofs/accept-progress.ts";
import { awaitsChallenge, hasWindow } from "./challenge-window.ts";
import { failStalled } from "./fail-stalled.ts";
import { faultOf } from "./fault-of.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { attempt, MAX_PROOFS, notYet, type StepResult, type Subject } from "./step.ts";
import { carryOut } from "./transactions.ts";

/**
 * A step of a job that will not be completed: its escrow goes back, all of it; or, when the payer has called off work
 * that was under way, less what is done.
 */
export async function giveBackStep(
  context: SettlementContext,
  subject: Subject,
  signal: AbortSignal,
): Promise<StepResult> {
  const { job, address, escrow } = subject;
  const { chain } = context;
  const isCalledOff = job.failure === null && job.startedAt !== null && escrow.state !== EscrowState.Created;
  if (isCalledOff && escrow.state !== EscrowState.Running) {
    // Its node was faster and claims the whole pay by itself. It has the challenge window to prove that.
    const from = returnableFrom(escrow);
    if (from === undefined || (await chain.time()) < from) throw notYet(job.id, "what the node has committed to");
  }
  if (isCalledOff && escrow.state === EscrowState.Running) {
    const reported = (await reportedEpochs(context.db, job.id)).slice(0, escrow.checkpoints);
    const done = reported.map(({ checkpointHash }) => checkpointHash);
    if (await failStalled(context, job, { done: done.length, agreed: escrow.checkpoints })) return "again";
    // Nothing of it was proved; it is paid for all the same, so all of it is audited.
    const audit = await auditProgress(context, job, reported);
    if (audit === "open") return "over";
    if (audit === "undrawn") throw notYet(job.id, "the block that draws its audit");
    if (audit !== "clear") return "again";
    // A node that has put more on chain than it ever handed in makes up its progress.
    if (escrow.leafCount <= done.length) {
      if (hasWindow(escrow) && escrow.leafCount < done.length) {
        const build = () => chain.anchorRoot(address, escrow.nonce, jobRoot(done), done.length);
        return attempt(context, job.id, `anchor_root:${done.length}`, build, signal);
      }
      if (await awaitsChallenge(context, job.id, escrow)) return "over";
      return attempt(context, job.id, "cancel", (number) => cancel(context, subject, done, number === 1), signal);
    }
  }
  if ((await showProof(context, subject, signal)) === "again") return "again";
  const fault = faultOf(job, escrow);
  return attempt(context, job.id, "refund", (number) => chain.refund(address, escrow, fault, number === 1), signal);
}

async function auditProgress(
  context: SettlementContext,
  job: Job,
  reported: readonly ReportedEpoch[],
): Promise<AuditGate> {
  if (reported.length === 0) return "clear";
  const root = toHex(jobRoot(reported.map(({ checkpointHash }) => checkpointHash)));
  const committedSlot = await context.chain.slot();
  return auditGate(context, { job, root, reported, committedSlot, isCancelled: true });
}

/**
 * Has the chain show the proof that did not hold, in the name of the node that has signed it: only for one that stands
 * there the program takes the node's stake as for an invalid proof. The payer does not wait for that if it is refused.
 */
async function showProof(
  context: SettlementContext,
  { job, address, escrow }: Subject,
  signal: AbortSignal,
): Promise<"again" | "left out"> {
  const { rejectedCommitment: commitment, failure } = job;
  const isWanted = commitment !== null && failure?.code === ERRORS.PROOF_INVALID.number;
  const isPossible = escrow.state === EscrowState.Running && escrow.proofCount < MAX_PROOFS;
  if (!isWanted || !isPossible || (await context.chain.time()) >= escrow.deadline) return "left out";
  const build = () => context.chain.commitProof(address, escrow, commitment);
  const outcome = await carryOut(context, job.id, "commit_proof", build, signal);
  if (outcome === "pending") throw notYet(job.id, "the proof that did not hold to be shown");
  return outcome === "confirmed" ? "again" : "left out";
}

// In one transaction, so that the price is that of the work done at this moment.
async function cancel(
  { chain }: SettlementContext,
  { address, escrow }: Subject,
  done: readonly Uint8Array[],
  withReport: boolean,
): Promise<Instruction[]> {
  const anchor =
    done.length > escrow.leafCount ? await chain.anchorRoot(address, escrow.nonce, jobRoot(done), done.length) : [];
  return [...anchor, ...(await chain.cancelRunning(address, escrow, done.length, withReport))];
}
