import { isSignedBy } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { completionClaim, equalBytes, hashFromHex, jobRoot, proofCommitment, toHex } from "@cyxwiz/proof";
import type { JobConfig } from "@cyxwiz/protocol";
import { type EpochMetrics, lastEpoch, specOfJob, type TrainingSpec } from "@cyxwiz/training";
import { type Address, getAddressEncoder } from "@solana/kit";
import type { Job } from "../database/schema/index.ts";
import type { ReportedEpoch } from "./accept-progress.ts";

/** What a node claims to have done. */
export interface CompletionClaim {
  readonly jobId: string;
  readonly wallet: string;
  /** Hex. */
  readonly resultHash: string;
  /** Hex. */
  readonly root: string;
  readonly signature: Uint8Array;
}

/** Whether the node's wallet signed the claim. Throws PROOF_INVALID. */
export async function checkSignature(claim: CompletionClaim): Promise<void> {
  if (await isSignedBy(claim.wallet, completionClaim(claim), claim.signature)) return;
  throw new CyxwizError("PROOF_INVALID", { jobId: claim.jobId, problem: "the node's wallet did not sign it" });
}

/** What stands for a claim on chain before it is revealed there; nothing for a job without an escrow. */
export function claimCommitment(
  claim: CompletionClaim,
  job: Pick<Job, "escrowAddress" | "escrowNonce">,
  config: JobConfig,
): Uint8Array | undefined {
  const { escrowAddress, escrowNonce } = job;
  if (escrowAddress === null || escrowNonce === null) return undefined;
  return proofCommitment({
    escrow: new Uint8Array(getAddressEncoder().encode(escrowAddress as Address)),
    nonce: escrowNonce,
    root: hashFromHex(claim.root, "result.proof_of_compute"),
    resultHash: hashFromHex(claim.resultHash, "result.model_weights_hash"),
    leafCount: epochsOf(config) + 1,
  });
}

/**
 * Checks a claim against the epochs that were reported and checked on the way: they must be all that the job has, and the
 * root must be over them and the result. Early stopping ends a job before the agreed epochs where the metrics that its
 * epochs commit to say so, and nowhere else; whether those were measured, replay shows.
 *
 * @throws CyxwizError PROOF_INVALID, INVALID_FIELD
 */
export function checkProof(
  claim: CompletionClaim,
  config: JobConfig,
  reported: readonly ReportedEpoch[],
): { root: Uint8Array; resultHash: Uint8Array; leafCount: number } {
  const resultHash = hashFromHex(claim.resultHash, "result.model_weights_hash");
  const root = hashFromHex(claim.root, "result.proof_of_compute");
  const invalid = (problem: string) => new CyxwizError("PROOF_INVALID", { jobId: claim.jobId, problem });
  if (resultHash.every((byte) => byte === 0)) throw invalid("the result's hash is all zeros");
  const problem = lengthProblem(specOfJob(config), reported);
  if (problem) throw invalid(problem);
  const checkpoints = reported.map(({ checkpointHash }) => checkpointHash);
  const expected = jobRoot(checkpoints, resultHash);
  if (!equalBytes(expected, root)) {
    throw invalid(`the root is ${claim.root}, but checkpoints and result give ${toHex(expected)}`);
  }
  return { root, resultHash, leafCount: checkpoints.length + 1 };
}

function lengthProblem(spec: TrainingSpec, reported: readonly ReportedEpoch[]): string | undefined {
  const { epochs, early_stopping: stopping } = spec.training;
  if (!stopping) return reported.length === epochs ? undefined : `${reported.length} checkpoints for ${epochs} epochs`;
  const monitored = reported.findIndex(({ metrics }) => typeof metrics?.[stopping.monitor] !== "number");
  if (monitored >= 0)
    return `epoch ${monitored + 1} was reported without ${stopping.monitor}, which early stopping watches`;
  const last = lastEpoch(
    spec,
    reported.map(({ metrics }) => metrics as Readonly<Record<string, number>> & EpochMetrics),
  );
  if (last === reported.length) return undefined;
  const end = last === undefined ? "go on" : `end with epoch ${last}`;
  return `${reported.length} checkpoints, after which the job, by the metrics reported, would ${end}`;
}

/** How many epochs a job has, wherever its config says so. */
export function epochsOf(config: JobConfig): number {
  return specOfJob(config).training.epochs;
}
