import { completionShares, type Platform } from "@cyxwiz/contracts";
import type { Job } from "../database/schema/index.ts";

/**
 * What a node gets for auditing a job, in base units: as much of the price as the epochs that it replays are of the job, and
 * not more than the fee.
 *
 * @param epochs the job's
 * @param replayed the epochs to be replayed, of these
 */
export function auditorPay(
  job: Pick<Job, "escrowAmount">,
  { epochs, replayed }: { readonly epochs: number; readonly replayed: number },
  { feeBps, diamondFeeBps }: Pick<Platform, "feeBps" | "diamondFeeBps">,
): bigint {
  const amount = job.escrowAmount ?? 0n;
  // The least that the platform has of any job.
  const fee = completionShares(amount, Math.min(feeBps, diamondFeeBps)).treasury;
  const share = (amount * BigInt(replayed)) / BigInt(epochs);
  return share < fee ? share : fee;
}
