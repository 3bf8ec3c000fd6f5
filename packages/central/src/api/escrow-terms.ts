import { create } from "@bufbuild/protobuf";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { type EscrowTerms, EscrowTermsSchema } from "@cyxwiz/protocol";
import type { Context } from "../context.ts";
import type { Job, nodes } from "../database/schema/index.ts";
import { loadConfig } from "../jobs/job-config.ts";
import { epochsOf } from "../proofs/check-completion.ts";

/** What the payer is asked to sign. */
export async function escrowTerms(
  context: Pick<Context, "chain">,
  job: Job,
  node: typeof nodes.$inferSelect,
): Promise<EscrowTerms> {
  const { mint } = await context.chain.platform();
  return create(EscrowTermsSchema, {
    jobEscrowProgram: context.chain.jobEscrowProgram,
    nodeRegistryProgram: context.chain.nodeRegistryProgram,
    mint,
    nodeWallet: node.walletPubkey ?? "",
    jobId: jobIdToBytes(job.id),
    amount: job.quotedAmount ?? 0n,
    termsHash: job.termsHash ?? new Uint8Array(),
    deadline: unixSeconds(job.escrowDeadline),
    autoRelease: true,
    confirmBy: unixSeconds(job.confirmBy),
    checkpoints: epochsOf(loadConfig(job.config)),
  });
}

function unixSeconds(date: Date | null): bigint {
  return BigInt(Math.floor((date?.getTime() ?? 0) / 1_000));
}
