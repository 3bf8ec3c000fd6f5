import { CyxwizError } from "@cyxwiz/errors";
import { and, eq, inArray, isNull } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { type Job, jobs } from "../database/schema/index.ts";
import { failJob, queueRefund } from "../jobs/fail-job.ts";
import { findJobIfAny, lockState, stateOf } from "../jobs/find-job.ts";
import { tryMove } from "../jobs/move-job.ts";
import { escrowColumns, isRefundable } from "./confirm-escrow.ts";

type EscrowColumns = ReturnType<typeof escrowColumns>;

/** How a job ends for which no escrow was shown; one may have been made all the same. */
const UNPAID = ["EXPIRED", "CANCELLED"];
/** What was signed before a reservation's end can land so much later: longer than a blockhash lives. */
export const LANDS_WITHIN_SECONDS = 150;

/** Ends a reservation whose time is over; an escrow that was made but never shown goes back. */
export async function expireReservation(context: Context, jobId: string): Promise<void> {
  const job = await findJobIfAny(context.db, jobId);
  if (!job || job.escrowAddress !== null || !["PENDING_ESCROW", ...UNPAID].includes(stateOf(job))) return;
  // The node is free again even when the chain can't be asked; then the search is made up for later.
  const search = await findUnshown(context, job).then(
    (escrow) => ({ escrow, error: undefined }),
    (error: unknown) => ({ escrow: undefined, error }),
  );
  await context.db.transaction(async (tx) => {
    const expired = await tryMove(context, tx, jobId, "expire", { completedAt: now(context) });
    if (expired) {
      context.log.info({ jobId, escrow: search.escrow?.escrowAddress }, "reservation expired");
      await context.queue.send(tx, "expire", jobId, LANDS_WITHIN_SECONDS);
    }
    if (!search.escrow) return;
    const [known] = await tx
      .update(jobs)
      .set({ ...search.escrow, escrowStatus: "PENDING" })
      .where(and(eq(jobs.id, jobId), inArray(jobs.status, UNPAID), isNull(jobs.escrowAddress)))
      .returning();
    if (known) await queueRefund(context, tx, known);
  });
  if (search.error !== undefined) throw search.error;
}

// Anybody can make an escrow that names this job: that of its own payer comes first.
async function findUnshown(context: Context, job: Job): Promise<EscrowColumns | undefined> {
  let stranger: EscrowColumns | undefined;
  for (const address of await context.chain.escrowsOfJob(job.id)) {
    const found = await context.chain.escrow(address);
    if (!found?.escrow) continue;
    const creation = { escrow: address, nonce: found.escrow.nonce };
    if (!isRefundable(context, job, creation, found)) continue;
    const columns = escrowColumns(null, creation, found);
    if (found.escrow.payer === job.payerWallet) return columns;
    stranger ??= columns;
  }
  return stranger;
}

/** Fails a job that was paid for but that its node never took. */
export async function failUnstarted(context: Context, jobId: string): Promise<void> {
  const job = await findJobIfAny(context.db, jobId);
  if (!job || stateOf(job) !== "ESCROW_CONFIRMED") return;
  const waited = { what: `Waiting for the node to take job ${jobId}`, timeoutMs: context.config.startSeconds * 1_000 };
  await context.db.transaction(async (tx) => {
    // The node may take it at this very moment.
    if ((await lockState(tx, jobId)) !== "ESCROW_CONFIRMED") return;
    await failJob(context, tx, jobId, new CyxwizError("TIMED_OUT", waited));
  });
}
