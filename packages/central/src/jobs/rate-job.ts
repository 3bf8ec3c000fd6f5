import { CyxwizError } from "@cyxwiz/errors";
import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../context.ts";
import { type Job, jobs } from "../database/schema/index.ts";
import { queueReputation } from "../nodes/reputation.ts";

const MOST_STARS = 5;

type Needs = Pick<Context, "db" | "log" | "nowMs" | "newId" | "randomBytes">;

/**
 * Takes what a payer thinks of how a node has done its job, once for each job, and only of one that has brought the node
 * something: so an opinion costs as much as the work it is about.
 *
 * @param caller the wallet that the call proves to come from
 * @throws CyxwizError INVALID_FIELD, TOKEN_MISSING, NOT_YOURS, NOT_POSSIBLE_NOW
 */
export async function rateJob(context: Needs, job: Job, stars: number, caller: string | undefined): Promise<void> {
  if (!Number.isInteger(stars) || stars < 0 || stars > MOST_STARS) {
    throw new CyxwizError("INVALID_FIELD", { field: "stars", problem: `must be from 0 to ${MOST_STARS}` });
  }
  const { id: jobId, assignedNodeId, paidToNode } = job;
  if (caller === undefined) throw new CyxwizError("TOKEN_MISSING", { what: `Rating job ${jobId}` });
  if (caller !== job.payerWallet) throw new CyxwizError("NOT_YOURS", { what: `Job ${jobId}` });
  if (assignedNodeId === null || paidToNode === null || paidToNode === 0n) {
    throw notNow(jobId, "its node was not paid for it, or not yet");
  }
  await context.db.transaction(async (tx) => {
    const rated = await tx
      .update(jobs)
      .set({ stars })
      .where(and(eq(jobs.id, jobId), isNull(jobs.stars)))
      .returning({ id: jobs.id });
    if (rated.length === 0) throw notNow(jobId, "it was rated already");
    await queueReputation(context, tx, assignedNodeId, "RATED", stars);
  });
  context.log.info({ jobId, nodeId: assignedNodeId, stars }, "job rated");
}

function notNow(jobId: string, problem: string): CyxwizError {
  return new CyxwizError("NOT_POSSIBLE_NOW", { what: `Rating job ${jobId}`, problem });
}
