import { CyxwizError } from "@cyxwiz/errors";
import { eq } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { jobs } from "../database/schema/index.ts";
import { failJob, queueRefund } from "../jobs/fail-job.ts";
import { findJob, stateOf } from "../jobs/find-job.ts";
import { tryMove } from "../jobs/move-job.ts";
import { escrowColumns, isRefundable } from "./confirm-escrow.ts";

/** Ends a reservation whose time is over; an escrow that was made but never shown goes back. */
export async function expireReservation(context: Context, jobId: string): Promise<void> {
  const job = await context.db.transaction((tx) =>
    tryMove(context, tx, jobId, "expire", { completedAt: now(context) }),
  );
  if (job) context.log.info({ jobId }, "reservation expired");
  const current = job ?? (await findJob(context.db, jobId).catch(() => undefined));
  if (!current || stateOf(current) !== "EXPIRED" || current.escrowAddress !== null) return;
  for (const address of await context.chain.escrowsOfJob(jobId)) {
    const found = await context.chain.escrow(address);
    if (!found?.escrow) continue;
    const creation = { escrow: address, nonce: found.escrow.nonce };
    if (!isRefundable(context, current, creation, found)) continue;
    await context.db.transaction(async (tx) => {
      const columns = { ...escrowColumns(null, creation, found), escrowStatus: "PENDING" };
      const [known] = await tx.update(jobs).set(columns).where(eq(jobs.id, jobId)).returning();
      if (known) await queueRefund(context, tx, known);
    });
    return;
  }
}

/** Fails a job that was paid for but that its node never took. */
export async function failUnstarted(context: Context, jobId: string): Promise<void> {
  const job = await findJob(context.db, jobId).catch(() => undefined);
  if (!job || stateOf(job) !== "ESCROW_CONFIRMED") return;
  const waited = { what: `Waiting for the node to take job ${jobId}`, timeoutMs: context.config.startSeconds * 1_000 };
  await context.db.transaction((tx) => failJob(context, tx, jobId, new CyxwizError("TIMED_OUT", waited)));
}
