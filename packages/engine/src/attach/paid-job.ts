import { fetchMaybeEscrow, jobIdFromBytes } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { GetJobStatusResponse } from "@cyxwiz/protocol";
import { address } from "@solana/kit";
import type { JobContext } from "../engine-context.ts";
import type { JobRecord } from "../job/job-record.ts";

/** A job with its escrow: all that it takes to follow it and to check its settlement. Amounts and nonce as in the record. */
export interface PaidJob {
  readonly jobId: string;
  readonly nodeWallet: string;
  readonly escrow: Pick<JobRecord["escrow"], "address" | "nonce" | "amount" | "signature">;
  /** What the Engine wrote down before it paid; missing where another Engine's directory has it. */
  readonly record: JobRecord | undefined;
}

/**
 * A job that this wallet has paid for: from the Engine's own record, or else as Central names it and the chain has it.
 *
 * @param known what Central has said of it; `undefined` when it could not be asked
 * @throws CyxwizError `JOB_NOT_FOUND` when there is no escrow of this wallet for it; what the call throws when only Central
 * could tell, and cannot be reached
 */
export async function findPaidJob(
  context: Pick<JobContext, "central" | "chain" | "records" | "wallet">,
  jobId: string,
  known: GetJobStatusResponse | undefined,
  signal: AbortSignal,
): Promise<PaidJob> {
  const record = await context.records.read(jobId);
  if (record?.node !== undefined) return { jobId, nodeWallet: record.node, escrow: record.escrow, record };
  const { settlement } = known ?? (record ? {} : await context.central.getJobStatus({ jobId }, { signal }));
  const escrowAddress = record?.escrow.address ?? settlement?.escrowAddress ?? "";
  const signature = record?.escrow.signature ?? settlement?.escrowTxSignature ?? "";
  if (escrowAddress === "" || signature === "") throw new CyxwizError("JOB_NOT_FOUND", { jobId });
  const read = { commitment: "confirmed", abortSignal: signal } as const;
  const account = await fetchMaybeEscrow(context.chain.rpc, address(escrowAddress), read);
  // A slot that serves another job by now says nothing of this one any more.
  if (
    !account.exists ||
    jobIdFromBytes(account.data.jobId) !== jobId ||
    account.data.payer !== context.wallet.address
  ) {
    throw new CyxwizError("JOB_NOT_FOUND", { jobId });
  }
  const { nonce, amount, node } = account.data;
  return {
    jobId,
    nodeWallet: node,
    escrow: { address: escrowAddress, nonce: `${nonce}`, amount: `${amount}`, signature },
    record,
  };
}
