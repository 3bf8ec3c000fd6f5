import { type Escrow, EscrowState } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { completionProof, equalBytes, hashFromHex, proofCommitment, toHex } from "@cyxwiz/proof";
import { getAddressEncoder, address as toAddress } from "@solana/kit";
import { auditGate } from "../audits/audit-gate.ts";
import type { Job } from "../database/schema/index.ts";
import { failInSettlement } from "../jobs/fail-job.ts";
import { stateOf } from "../jobs/find-job.ts";
import { tryMove } from "../jobs/move-job.ts";
import { queueReputation } from "../nodes/reputation.ts";
import type { FinalProof } from "../platform/platform-chain.ts";
import { reportedEpochs } from "../proofs/accept-progress.ts";
import { awaitsChallenge } from "./challenge-window.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { attempt, MAX_PROOFS, notYet, type StepResult, type Subject } from "./step.ts";
import { landedSignature } from "./transactions.ts";

/** A step of a job whose proof was found good: commit to it, reveal it a slot later, have it audited where it is to be, then pay. */
export async function payStep(context: SettlementContext, subject: Subject, signal: AbortSignal): Promise<StepResult> {
  const { job, address, escrow } = subject;
  const { chain } = context;
  if (escrow.state === EscrowState.Created) return awaitStart(context, job);
  const reported = await reportedEpochs(context.db, job.id);
  const checkpoints = reported.map(({ checkpointHash }) => checkpointHash);
  const proof = {
    root: hashFromHex(job.checkpointMerkleRoot ?? "", "checkpoint_merkle_root"),
    resultHash: hashFromHex(job.resultHash ?? "", "result_hash"),
    leafCount: checkpoints.length + 1,
  };
  if (isProven(escrow, proof)) {
    if (stateOf(job) === "VERIFYING") return noteAnchored(context, job);
    const { committedSlot } = escrow;
    const work = { job, root: toHex(proof.root), reported, committedSlot, isCancelled: false };
    const audit = await auditGate(context, work);
    // Its verdict has the settlement go on.
    if (audit === "open") return "over";
    if (audit === "undrawn") throw notYet(job.id, "the block that decides about its audit");
    if (audit !== "clear") return giveUp(context, job, audit.failure);
    if (await awaitsChallenge(context, job.id, escrow)) return "over";
    const inclusion = completionProof(checkpoints, proof.resultHash);
    return attempt(
      context,
      job.id,
      "complete_payment",
      (number) => chain.completePayment(address, escrow, inclusion, number === 1),
      signal,
    );
  }
  const commitment = proofCommitment({
    escrow: new Uint8Array(getAddressEncoder().encode(toAddress(address))),
    nonce: escrow.nonce,
    ...proof,
  });
  const isCommitted =
    escrow.state === EscrowState.Committed && equalBytes(new Uint8Array(escrow.proofCommitment), commitment);
  if (!isCommitted && escrow.proofCount >= MAX_PROOFS) return giveUp(context, job, anotherRoot(job));
  const challengeSeconds = isCommitted ? escrow.challengeWindowSeconds : 0n;
  if ((await chain.time()) >= escrow.deadline + challengeSeconds) return giveUp(context, job, tooLate(job));
  if (!isCommitted) {
    return attempt(context, job.id, "commit_proof", () => chain.commitProof(address, escrow, commitment), signal);
  }
  // Whoever copies a commitment can't reveal it in the slot it was made in.
  await chain.slotAfter(escrow.committedSlot, signal);
  return attempt(context, job.id, "reveal_proof", () => chain.revealProof(address, escrow, proof), signal);
}

function isProven(escrow: Escrow, { root, resultHash, leafCount }: FinalProof): boolean {
  return (
    escrow.state === EscrowState.Proven &&
    escrow.leafCount === leafCount &&
    equalBytes(new Uint8Array(escrow.root), root) &&
    equalBytes(new Uint8Array(escrow.resultHash), resultHash)
  );
}

// Nodes may commit to proofs themselves. One that has used them up with others than the one it handed in has made it
// impossible to pay it.
function anotherRoot(job: Job): CyxwizError {
  const problem = "its node has put another root on chain than that of the proof it handed in";
  return new CyxwizError("PROOF_INVALID", { jobId: job.id, problem });
}

function tooLate(job: Job): CyxwizError {
  return new CyxwizError("TIMED_OUT", { what: `Proving job ${job.id} before its escrow's deadline`, timeoutMs: 0 });
}

async function giveUp(context: SettlementContext, job: Job, error: CyxwizError): Promise<"again"> {
  await context.db.transaction(async (tx) => {
    if (!(await failInSettlement(context, tx, job.id, error))) return;
    if (error.code !== "PROOF_INVALID" || !job.assignedNodeId) return;
    await queueReputation(context, tx, job.assignedNodeId, "PROOF_INVALID");
  });
  return "again";
}

async function noteAnchored(context: SettlementContext, job: Job): Promise<"again"> {
  const anchorTxSignature = (await landedSignature(context, job.id, "reveal_proof")) ?? null;
  const change = { onChainCheckpointMerkleRoot: job.checkpointMerkleRoot, anchorTxSignature };
  await context.db.transaction((tx) => tryMove(context, tx, job.id, "anchored", change));
  return "again";
}

// A node that says it is done, but whose start never shows on chain, can't be paid.
async function awaitStart(context: SettlementContext, job: Job): Promise<"again"> {
  const waitedMs = context.nowMs() - (job.startedAt?.getTime() ?? context.nowMs());
  const timeoutMs = context.config.startSeconds * 1_000 + (job.estimatedSeconds ?? 0) * 2_000;
  if (waitedMs <= timeoutMs) throw notYet(job.id, "the node's start to be seen on chain");
  return giveUp(
    context,
    job,
    new CyxwizError("TIMED_OUT", { what: `The node's start of job ${job.id} on chain`, timeoutMs }),
  );
}
