import type { MessageInitShape } from "@bufbuild/protobuf";
import { toHex } from "@cyxwiz/proof";
import type { GetCommitmentsResponseSchema } from "@cyxwiz/protocol";
import { eq, max } from "drizzle-orm";
import { publicAudit } from "../audits/public-audit.ts";
import type { Context } from "../context.ts";
import { type Job, jobCheckpoints } from "../database/schema/index.ts";
import { loadConfig } from "../jobs/job-config.ts";
import { toJobStatus } from "../jobs/job-status.ts";
import { assignmentOf } from "../nodes/find-nodes.ts";
import { anchoredRoots } from "./anchored-roots.ts";
import { epochsOf } from "./check-completion.ts";

/** What anybody may know of a job: hashes and where they stand, and nothing of its model or data. */
export async function publicCommitments(
  context: Pick<Context, "db" | "chain">,
  job: Job,
): Promise<MessageInitShape<typeof GetCommitmentsResponseSchema>> {
  const config = loadConfig(job.config);
  const [audit, node, anchors, [reported]] = await Promise.all([
    publicAudit(context, job.id),
    assignmentOf(context, job),
    anchoredRoots(context, job),
    context.db
      .select({ epoch: max(jobCheckpoints.epoch) })
      .from(jobCheckpoints)
      .where(eq(jobCheckpoints.jobId, job.id)),
  ]);
  return {
    jobId: job.id,
    status: toJobStatus(job).status,
    epochs: epochsOf(config),
    epochsReported: reported?.epoch ?? 0,
    jobEscrowProgram: context.chain.jobEscrowProgram,
    escrowAddress: job.escrowAddress ?? "",
    escrowNonce: job.escrowNonce ?? 0n,
    escrowTxSignature: job.escrowTxSignature ?? "",
    payerWallet: job.payerWallet ?? "",
    nodeId: node?.id ?? "",
    nodeWallet: node?.walletPubkey ?? "",
    nodeEndpoint: node?.endpoint ?? "",
    nodeCertificateSha256: node?.certificateSha256 ?? "",
    nodeCertificatePem: node?.certificatePem ?? "",
    termsHash: job.termsHash ? toHex(job.termsHash) : "",
    datasetSha256: config.datasetSha256,
    seed: config.seed,
    anchors: anchors.map(({ signature, ...anchor }) => ({ ...anchor, txSignature: signature })),
    resultHash: job.resultHash ?? "",
    root: job.checkpointMerkleRoot ?? "",
    paymentTxSignature: job.paymentTxSignature ?? "",
    ...(audit && { audit }),
  };
}
