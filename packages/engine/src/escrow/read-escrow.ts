import { type Escrow, fetchMaybeEscrow, jobIdFromBytes } from "@cyxwiz/contracts";
import { type Address, address, type GetAccountInfoApi, type Rpc } from "@solana/kit";
import type { JobRecord } from "../job/job-record.ts";

/** The job's escrow as the chain has it; `undefined` where there is none, or the slot serves another job. */
export async function readEscrow(
  rpc: Rpc<GetAccountInfoApi>,
  { jobId, escrow }: { readonly jobId: string; readonly escrow: Pick<JobRecord["escrow"], "address" | "nonce"> },
  signal: AbortSignal,
): Promise<{ address: Address; data: Escrow } | undefined> {
  const account = await fetchMaybeEscrow(rpc, address(escrow.address), {
    commitment: "confirmed",
    abortSignal: signal,
  });
  if (!account.exists || account.data.nonce !== BigInt(escrow.nonce)) return undefined;
  return jobIdFromBytes(account.data.jobId) === jobId ? { address: account.address, data: account.data } : undefined;
}
