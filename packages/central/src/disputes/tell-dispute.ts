import type { MessageInitShape } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import type { DisputeReason, Party } from "@cyxwiz/proof";
import { type DisputeCaseSchema, DisputeParty, type DisputeSchema, DisputeStage } from "@cyxwiz/protocol";
import type { Context } from "../context.ts";
import type { StoredCase } from "../database/schema/index.ts";
import { findJob } from "../jobs/find-job.ts";
import { requireJobId } from "../jobs/job-id.ts";
import { verdictBytes } from "./decide.ts";
import { caseOf } from "./dispute-case.ts";
import { type DisputeRecord, findDispute } from "./dispute-record.ts";

const STAGES: Readonly<Record<string, DisputeStage>> = {
  BISECTION: DisputeStage.BISECTION,
  REPLAY: DisputeStage.REPLAY,
  DECIDED: DisputeStage.DECIDED,
};

/**
 * The case of a dispute that nobody has begun, as it would be; reckoned from all links of the job, so for its payer alone.
 *
 * @throws CyxwizError JOB_NOT_FOUND, NOT_YOURS, NOT_POSSIBLE_NOW where there is nothing to dispute
 */
export async function proposeDispute(
  context: Context,
  jobId: string,
  wallet: string,
): Promise<MessageInitShape<typeof DisputeSchema>> {
  const job = await findJob(context.db, jobId);
  if (wallet !== job.payerWallet) throw new CyxwizError("NOT_YOURS", { what: `Job ${jobId}` });
  return { jobId, case: wireCase(await caseOf(context, job)) };
}

/** All that is public of the dispute about a job; `undefined` before there is one. Throws JOB_NOT_FOUND. */
export async function tellDispute(
  context: Context,
  jobId: string,
): Promise<MessageInitShape<typeof DisputeSchema> | undefined> {
  requireJobId(jobId);
  const record = await findDispute(context.db, jobId);
  if (!record) return undefined;
  const { row, state } = record;
  return {
    jobId,
    stage: STAGES[row.stage] ?? DisputeStage.NONE,
    case: wireCase(row.about),
    startedAt: row.startedSeconds,
    moves: state.moves.map(({ bytes, signature, atSeconds }) => ({ move: bytes, signature, at: atSeconds })),
    waitsFor: wireParty(row.waitsFor),
    dueAt: BigInt(Math.floor((row.dueAt?.getTime() ?? 0) / 1_000)),
    ...verdictOf(context, record),
  };
}

function verdictOf({ chain }: Context, record: DisputeRecord): Pick<MessageInitShape<typeof DisputeSchema>, "verdict"> {
  const { loser, reason, epoch, transcript, verdictSignature } = record.row;
  if (loser === null || reason === null || verdictSignature === null) return {};
  const decision = { loser: loser as Party, reason: reason as DisputeReason, epoch: epoch ?? 0 };
  const words = { loser: wireParty(loser), reason, epoch: epoch ?? 0, transcript: transcript ?? "" };
  const proof = { signed: verdictBytes(record, decision), signature: verdictSignature, signer: chain.coordinator };
  return { verdict: { ...words, ...proof } };
}

function wireCase(about: StoredCase): MessageInitShape<typeof DisputeCaseSchema> {
  const { termsHash, datasetHash: datasetSha256, root, epochs, hasResult } = about;
  return {
    ...{ escrowAddress: about.escrow, escrowNonce: BigInt(about.nonce), seed: BigInt(about.seed) },
    ...{ termsHash, datasetSha256, root, epochs, hasResult, moveSeconds: BigInt(about.moveSeconds) },
    ...{ challengerWallet: about.challenger, nodeWallet: about.node },
  };
}

function wireParty(party: string | null): DisputeParty {
  if (party === "challenger") return DisputeParty.CHALLENGER;
  return party === "node" ? DisputeParty.NODE : DisputeParty.NONE;
}
