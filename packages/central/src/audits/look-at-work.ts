import { create } from "@bufbuild/protobuf";
import { isCyxwizError } from "@cyxwiz/errors";
import { verifyNodeCertificate } from "@cyxwiz/peer";
import { hashFromHex, type Link } from "@cyxwiz/proof";
import { GetCommitmentsResponseSchema } from "@cyxwiz/protocol";
import { trainerInWorker } from "@cyxwiz/training/node";
import { type AuditFinding, findingOf, verifyAgainst } from "@cyxwiz/verify";
import { asc, eq } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type Job, jobCheckpoints } from "../database/schema/index.ts";
import { nodeFilesOf, type Sight } from "../proofs/node-files-of.ts";
import { publicCommitments } from "../proofs/public-commitments.ts";
import { blamingTheNode } from "../proofs/withheld.ts";

/**
 * Has a look at a node's work itself: fetches what the node keeps of it, and trains the chosen epochs again in a thread of
 * their own.
 *
 * @throws Withheld when the node does not show what it takes; CyxwizError where Central cannot do its part
 */
export async function lookAtWork(
  context: Context,
  sight: Sight,
  job: Job,
  chosen: readonly number[],
  signal: AbortSignal,
): Promise<AuditFinding> {
  const claimed = create(GetCommitmentsResponseSchema, await publicCommitments(context, job));
  const { jobId, nodeWallet, nodeCertificatePem: certificatePem, payerWallet: payer } = claimed;
  // What goes wrong here is the chain's fault; afterwards, the node's.
  const identity = { nodeWallet, certificatePem, programs: sight.programs, signal };
  await verifyNodeCertificate(sight.chain.rpc, identity).catch((error: unknown) => {
    if (!isCyxwizError(error, "NODE_IDENTITY_MISMATCH")) throw error;
  });
  const files = blamingTheNode(nodeFilesOf(context, sight, claimed, signal));
  const onChain = {
    ...{ payer, nodeWallet, checkpoints: claimed.epochs, anchors: [], problems: [] },
    ...(claimed.root !== "" && {
      final: { root: hashFromHex(claimed.root, "root"), leafCount: claimed.epochsReported + 1 },
    }),
  };
  const verdict = await verifyAgainst(
    { claimed, onChain, links: storedLinks(context, jobId), files, chosen },
    { trainer: trainerInWorker, signal },
  );
  return findingOf(verdict);
}

// Their hashes were checked when they were reported.
async function* storedLinks({ db }: Context, jobId: string): AsyncGenerator<Link, void, void> {
  const rows = await db
    .select()
    .from(jobCheckpoints)
    .where(eq(jobCheckpoints.jobId, jobId))
    .orderBy(asc(jobCheckpoints.epoch));
  for (const { epoch, stateHash, metricsHash, timestampSeconds, checkpointHash } of rows) {
    yield {
      epoch,
      stateHash: hashFromHex(stateHash ?? "", "state_hash"),
      metricsHash: epoch === 0 ? new Uint8Array() : hashFromHex(metricsHash ?? "", "metrics_hash"),
      timestampSeconds: timestampSeconds ?? 0n,
      checkpointHash: hashFromHex(checkpointHash, "checkpoint_hash"),
    };
  }
}
