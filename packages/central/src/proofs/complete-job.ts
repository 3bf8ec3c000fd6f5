import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import type { ReportCompletionRequest } from "@cyxwiz/protocol";
import { eq } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type Job, jobs, type nodes } from "../database/schema/index.ts";
import { failJob } from "../jobs/fail-job.ts";
import { findJob, stateOf } from "../jobs/find-job.ts";
import { loadConfig } from "../jobs/job-config.ts";
import { tryMove } from "../jobs/move-job.ts";
import { holdForNext } from "../nodes/hold.ts";
import { queueReputation } from "../nodes/reputation.ts";
import { reportedEpochs } from "./accept-progress.ts";
import { type CompletionClaim, checkProof, checkSignature, claimCommitment } from "./check-completion.ts";

/** An invalid proof may be handed in again once. */
const MAX_REJECTED = 2;

/**
 * Takes a node's result: if the proof holds, its root goes on chain and the payment follows. Repeating the report that
 * was accepted changes nothing.
 *
 * @throws CyxwizError PROOF_INVALID (the second time the job has failed, and its payer gets everything back),
 * JOB_ILLEGAL_MOVE
 */
export async function completeJob(
  context: Context,
  node: typeof nodes.$inferSelect,
  job: Job,
  request: ReportCompletionRequest,
): Promise<void> {
  const claim: CompletionClaim = {
    jobId: job.id,
    wallet: node.walletPubkey ?? "",
    resultHash: request.result?.modelWeightsHash ?? "",
    root: request.result?.proofOfCompute ?? "",
    signature: request.signature,
  };
  const state = stateOf(job);
  if (["VERIFYING", "PAYING", "COMPLETED"].includes(state)) {
    if (claim.resultHash === job.resultHash && claim.root === job.checkpointMerkleRoot) return;
    throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId: job.id, from: state, event: "complete differently" });
  }
  if (state !== "RUNNING") throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId: job.id, from: state, event: "complete" });
  const config = loadConfig(job.config);
  let isSigned = false;
  try {
    await checkSignature(claim);
    isSigned = true;
    const proof = checkProof(claim, config, await reportedEpochs(context.db, job.id));
    await accept(context, job, toHex(proof.root), toHex(proof.resultHash));
  } catch (error) {
    if (!isCyxwizError(error, "PROOF_INVALID")) throw error;
    // What the wallet has signed, the node answers for with its stake.
    await reject(context, job, error, isSigned ? claimCommitment(claim, job, config) : undefined);
    throw error;
  }
}

async function accept(context: Context, job: Job, root: string, resultHash: string): Promise<void> {
  const change = { checkpointMerkleRoot: root, proofOfCompute: root, resultHash };
  await context.db.transaction(async (tx) => {
    if (await tryMove(context, tx, job.id, "complete", change)) {
      await holdForNext(context, tx, job);
      await context.queue.send(tx, "settle", job.id);
      return;
    }
    // The same report, sent twice at once, or a job that ended meanwhile.
    const current = await findJob(tx, job.id);
    if (current.checkpointMerkleRoot === root && current.resultHash === resultHash) return;
    throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId: job.id, from: current.status, event: "complete" });
  });
}

async function reject(
  context: Context,
  job: Job,
  error: CyxwizError,
  commitment: Uint8Array | undefined,
): Promise<void> {
  await context.db.transaction(async (tx) => {
    // Locks the row, so that two invalid proofs at once count as two.
    const [current] = await tx.select().from(jobs).where(eq(jobs.id, job.id)).for("update");
    const rejectedProofs = (current?.rejectedProofs ?? 0) + 1;
    const change = { rejectedProofs, ...(commitment && { rejectedCommitment: commitment }) };
    await tx.update(jobs).set(change).where(eq(jobs.id, job.id));
    if (rejectedProofs < MAX_REJECTED || !(await failJob(context, tx, job.id, error))) return;
    if (job.assignedNodeId) await queueReputation(context, tx, job.assignedNodeId, "PROOF_INVALID");
  });
  void context.settler.run(job.id).catch(() => undefined);
}
