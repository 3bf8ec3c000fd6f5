import { desc, eq, or } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type Job, jobs, nodes } from "../database/schema/index.ts";

/** Something that happened to a wallet's tokens in a job. */
export interface WalletEntry {
  readonly signature: string;
  readonly kind: "escrow" | "payment" | "refund";
  readonly amount: bigint;
  readonly at: Date;
  readonly jobId: string;
}

const MAX_JOBS = 1_000;
const MAX_PAGE = 200;

/** What Central knows of a wallet's escrows, payments and refunds, newest first. */
export async function walletHistory(
  context: Pick<Context, "db">,
  wallet: string,
  limit: number,
  offset: number,
): Promise<{ entries: WalletEntry[]; total: number }> {
  const rows = await context.db
    .select({ job: jobs, nodeWallet: nodes.walletPubkey })
    .from(jobs)
    .leftJoin(nodes, eq(jobs.assignedNodeId, nodes.id))
    .where(or(eq(jobs.payerWallet, wallet), eq(nodes.walletPubkey, wallet)))
    .orderBy(desc(jobs.createdAt))
    .limit(MAX_JOBS);
  const all = rows.flatMap(({ job, nodeWallet }) => entriesOf(job, wallet, nodeWallet));
  all.sort((a, b) => b.at.getTime() - a.at.getTime());
  const from = Math.max(offset, 0);
  const size = Math.min(limit > 0 ? limit : MAX_PAGE, MAX_PAGE);
  return { entries: all.slice(from, from + size), total: all.length };
}

function entriesOf(job: Job, wallet: string, nodeWallet: string | null): WalletEntry[] {
  const entries: WalletEntry[] = [];
  const add = (kind: WalletEntry["kind"], signature: string | null, amount: bigint | null, at: Date | null) => {
    if (signature !== null)
      entries.push({ kind, signature, amount: amount ?? 0n, at: at ?? job.createdAt, jobId: job.id });
  };
  if (job.payerWallet === wallet) {
    add("escrow", job.escrowTxSignature, job.escrowAmount, job.confirmedAt);
    add("refund", job.refundTxSignature, job.refunded, job.completedAt);
  }
  if (nodeWallet === wallet) add("payment", job.paymentTxSignature, job.paidToNode, job.completedAt);
  return entries;
}
