import { CyxwizError } from "@cyxwiz/errors";
import { and, eq } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { audits, type StoredVerdict } from "../database/schema/index.ts";
import { failOnWayBack } from "../jobs/fail-job.ts";
import { findJob } from "../jobs/find-job.ts";
import { queueReputation } from "../nodes/reputation.ts";
import type { Audit } from "./find-audit.ts";
import { standingOf } from "./standing-of.ts";

/**
 * Ends an audit, and has the job's settlement go on. Of two that end it at once one does.
 *
 * @param verdicts in the order in which they came; the last counts
 */
export async function decideAudit(context: Context, audit: Audit, verdicts: readonly StoredVerdict[]): Promise<void> {
  const { jobId } = audit;
  const verdict = verdicts.at(-1) as StoredVerdict;
  const holds = verdict.outcome === "HOLDS";
  const decided = await context.db.transaction(async (tx) => {
    const change = { status: holds ? "PASSED" : "FAILED", verdicts: [...verdicts], decidedAt: now(context) };
    const [row] = await tx
      .update(audits)
      .set(change)
      .where(and(eq(audits.jobId, jobId), eq(audits.status, "OPEN")))
      .returning({ jobId: audits.jobId });
    if (!row) return false;
    if (!holds) await refuseProgress(context, tx, jobId, verdict.problem);
    await judgeAuditor(context, tx, audit, verdicts);
    await context.queue.send(tx, "settle", jobId);
    return true;
  });
  if (!decided) return;
  const { outcome, firstFalse, problem } = verdict;
  context.log.info({ jobId, outcome, firstFalse, problem }, "audit decided");
  void context.settler.run(jobId).catch(() => undefined);
}

// Of a job that was called off there is no proof that settlement could give up.
async function refuseProgress(context: Context, tx: Tx, jobId: string, problem: string): Promise<void> {
  if (!(await failOnWayBack(tx, jobId, auditFailure(jobId, problem)))) return;
  const { assignedNodeId } = await findJob(tx, jobId);
  if (assignedNodeId !== null) await queueReputation(context, tx, assignedNodeId, "PROOF_INVALID");
}

// A node answers for its verdict as for a proof of its own, and is paid for one that was right.
async function judgeAuditor(context: Context, tx: Tx, audit: Audit, verdicts: readonly StoredVerdict[]): Promise<void> {
  const { auditorNodeId: nodeId, jobId } = audit;
  const [own] = verdicts;
  if (nodeId === null || own === undefined || own.wallet === context.chain.coordinator) return;
  const standing = standingOf(verdicts);
  if (standing !== "not shown") await context.queue.send(tx, "auditor", jobId);
  if (standing !== "false") return;
  context.log.warn({ jobId, nodeId, said: own.outcome, found: verdicts.at(-1)?.outcome }, "a false verdict");
  await queueReputation(context, tx, nodeId, "PROOF_INVALID");
}

/** What a job fails with whose work did not stand its audit. */
export function auditFailure(jobId: string, problem: string): CyxwizError {
  return new CyxwizError("PROOF_INVALID", { jobId, problem: `its audit: ${problem}` });
}
