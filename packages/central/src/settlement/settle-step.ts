import { type Escrow, EscrowState } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { equalBytes, hashFromHex } from "@cyxwiz/proof";
import type { Instruction } from "@solana/kit";
import type { Context } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { failInSettlement } from "../jobs/fail-job.ts";
import { findJob, stateOf } from "../jobs/find-job.ts";
import { tryMove } from "../jobs/move-job.ts";
import { queueReputation } from "../nodes/reputation.ts";
import type { FinalProof } from "../platform/platform-chain.ts";
import { checkpointsOf } from "../proofs/accept-progress.ts";
import { recordEnd } from "./record-end.ts";
import { carryOut, landedSignature, type Purpose } from "./transactions.ts";

/** How many final roots the program takes for a job. */
const MAX_PROOFS = 2;

type Needs = Omit<Context, "settler" | "queue">;

/**
 * One step of a job's settlement: reads the chain, which is the truth, then does what is missing there.
 *
 * @returns `over` when nothing is left to do, `again` after a step
 * @throws CyxwizError TIMED_OUT when the chain is not ready for the next step yet
 */
export async function settleStep(context: Needs, jobId: string, signal: AbortSignal): Promise<"again" | "over"> {
  const job = await findJob(context.db, jobId);
  const state = stateOf(job);
  if (state !== "VERIFYING" && state !== "PAYING" && state !== "REFUNDING") return "over";
  const { escrowAddress: address, escrowNonce: nonce } = job;
  if (address === null || nonce === null) return "over";
  const escrow = (await context.chain.escrow(address))?.escrow;
  if (!escrow || escrow.nonce < nonce) throw notYet(jobId, "its escrow to be seen");
  if (escrow.nonce > nonce || escrow.state === EscrowState.Settled) {
    await recordEnd(context, job, escrow);
    return "again";
  }
  const act = (purpose: Purpose, build: () => Promise<Instruction[]>) =>
    attempt(context, jobId, purpose, build, signal);
  if (state === "REFUNDING") return act("refund", () => context.chain.refund(address, escrow));
  const root = hashFromHex(job.checkpointMerkleRoot ?? "", "checkpoint_merkle_root");
  const resultHash = hashFromHex(job.resultHash ?? "", "result_hash");
  const leafCount = (await checkpointsOf(context.db, jobId)).length + 1;
  const proof = { root, resultHash, leafCount };
  if (isSpoilt(escrow, proof)) return giveUp(context, job);
  if (state === "PAYING") {
    return act("complete_payment", () => context.chain.completePayment(address, escrow, root));
  }
  if (isProven(escrow, proof)) return noteAnchored(context, job);
  if (escrow.state === EscrowState.Created) return awaitStart(context, job);
  return act("anchor_root", () => context.chain.anchorRoot(address, nonce, proof));
}

async function attempt(
  context: Needs,
  jobId: string,
  purpose: Purpose,
  build: () => Promise<Instruction[]>,
  signal: AbortSignal,
): Promise<"again"> {
  const outcome = await carryOut(context, jobId, purpose, build, signal);
  // A failure may come from somebody else's having been faster: the chain is read again, but not in a tight loop.
  if (outcome === "pending" || outcome === "failed") throw notYet(jobId, `${purpose} to be confirmed`);
  return "again";
}

function isProven(escrow: Escrow, { root, resultHash }: FinalProof): boolean {
  return (
    escrow.state === EscrowState.Proven &&
    equalBytes(new Uint8Array(escrow.root), root) &&
    equalBytes(new Uint8Array(escrow.resultHash), resultHash)
  );
}

// Nodes may anchor roots themselves. One that has used up its proofs with others than the one it reported, or that
// has claimed more leaves than its last root has, has made it impossible to pay it.
function isSpoilt(escrow: Escrow, proof: FinalProof): boolean {
  if (escrow.state === EscrowState.Proven) return escrow.proofCount >= MAX_PROOFS && !isProven(escrow, proof);
  return escrow.state === EscrowState.Running && escrow.leafCount >= proof.leafCount;
}

async function giveUp(context: Needs, job: Job): Promise<"again"> {
  const problem = "its node has anchored another root than that of the proof it handed in";
  const error = new CyxwizError("PROOF_INVALID", { jobId: job.id, problem });
  await context.db.transaction(async (tx) => {
    if (!(await failInSettlement(context, tx, job.id, error))) return;
    if (job.assignedNodeId) await queueReputation(context, tx, job.assignedNodeId, "PROOF_INVALID");
  });
  return "again";
}

async function noteAnchored(context: Needs, job: Job): Promise<"again"> {
  const anchorTxSignature = (await landedSignature(context, job.id, "anchor_root")) ?? null;
  const change = { onChainCheckpointMerkleRoot: job.checkpointMerkleRoot, anchorTxSignature };
  await context.db.transaction((tx) => tryMove(context, tx, job.id, "anchored", change));
  return "again";
}

// A node that says it is done, but whose start never shows on chain, can't be paid.
async function awaitStart(context: Needs, job: Job): Promise<"again"> {
  const waitedMs = context.nowMs() - (job.startedAt?.getTime() ?? context.nowMs());
  const timeoutMs = context.config.startSeconds * 1_000 + (job.estimatedSeconds ?? 0) * 2_000;
  if (waitedMs <= timeoutMs) throw notYet(job.id, "the node's start to be seen on chain");
  const error = new CyxwizError("TIMED_OUT", { what: `The node's start of job ${job.id} on chain`, timeoutMs });
  await context.db.transaction((tx) => failInSettlement(context, tx, job.id, error));
  return "again";
}

function notYet(jobId: string, what: string): CyxwizError {
  return new CyxwizError("TIMED_OUT", { what: `Job ${jobId}: waiting for ${what}`, timeoutMs: 0 });
}
