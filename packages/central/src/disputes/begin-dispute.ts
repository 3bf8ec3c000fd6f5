import { EscrowState } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type Context, now, nowSeconds } from "../context.ts";
import { disputes, type Job } from "../database/schema/index.ts";
import { caseOf } from "./dispute-case.ts";

type Needs = Pick<Context, "db" | "chain" | "config" | "queue" | "log" | "nowMs" | "newId" | "randomBytes">;

/**
 * Begins to look for the epoch where a job's payer and node part; the payer opens as long as evidence can be given on chain,
 * and at least for a move's time. Nothing is begun twice.
 *
 * @throws CyxwizError NOT_POSSIBLE_NOW where nothing is disputed on chain, or nothing can be looked for
 */
export async function beginDispute(context: Needs, job: Job): Promise<void> {
  const { chain, config, db, queue } = context;
  const escrow = job.escrowAddress === null ? undefined : (await chain.escrow(job.escrowAddress))?.escrow;
  if (escrow?.state !== EscrowState.Disputed || escrow.nonce !== job.escrowNonce) {
    const problem = "it is not disputed on chain, or decided already; `cyxwiz job dispute` opens a dispute there first";
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what: `A dispute about job ${job.id}`, problem });
  }
  const about = await caseOf(context, job);
  // The chain's clock says how long, ours from when on.
  const left = Math.max(Number(escrow.evidenceUntil - (await chain.time())), config.disputeMoveSeconds);
  const dueSeconds = nowSeconds(context) + left;
  await db.transaction(async (tx) => {
    const [begun] = await tx
      .insert(disputes)
      .values({
        ...{ jobId: job.id, about, stage: "BISECTION", waitsFor: "challenger", createdAt: now(context) },
        startedSeconds: BigInt(dueSeconds - config.disputeMoveSeconds),
        dueAt: new Date(dueSeconds * 1_000),
      })
      .onConflictDoNothing()
      .returning();
    if (!begun) return;
    await queue.send(tx, "dispute", job.id, left + 1);
    context.log.info({ jobId: job.id, epochs: about.epochs, left }, "a dispute has begun");
  });
}
