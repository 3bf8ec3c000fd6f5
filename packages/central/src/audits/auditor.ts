import { CyxwizError } from "@cyxwiz/errors";
import type { AuditFinding } from "@cyxwiz/verify";
import { eq, sql } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { audits, type Job } from "../database/schema/index.ts";
import { findJob } from "../jobs/find-job.ts";
import type { Sight } from "../proofs/node-files-of.ts";
import { Withheld } from "../proofs/withheld.ts";
import { createSharedRuns } from "../work/shared-runs.ts";
import { decideAudit } from "./decide-audit.ts";
import { type Audit, requireAudit } from "./find-audit.ts";
import { lookAtWork } from "./look-at-work.ts";
import { signVerdict } from "./sign-verdict.ts";

/** Carries out Central's own part in audits. */
export interface Auditor {
  /**
   * Has a look at a job whose audit is open and Central's turn; calls for the same job at the same time share one look.
   * Throws when it has to be called again: the node has not shown what it takes, and still has time to.
   */
  run(jobId: string): Promise<void>;
  /** Stops all looks where they are. */
  close(): Promise<void>;
}

/** Makes the auditor of this process; others may look at the same jobs at the same time. */
export function createAuditor(context: Context, sight: Sight): Auditor {
  const runs = createSharedRuns();
  const stopping = new AbortController();

  async function look(jobId: string): Promise<void> {
    const audit = await requireAudit(context.db, jobId);
    if (audit.status !== "OPEN") return;
    if (audit.centralFrom > now(context)) throw notYet(audit, "another node has a look at it first", 0);
    const job = await findJob(context.db, jobId);
    const finding = await sight.inTurn(() => lookWithin(longestLookMs(job), audit, job));
    const current = await requireAudit(context.db, jobId);
    await decideAudit(context, current, [...current.verdicts, await signVerdict(context, current, finding)]);
  }

  async function lookWithin(timeoutMs: number, audit: Audit, job: Job): Promise<AuditFinding> {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      return await lookAtWork(context, sight, job, audit.epochs, signal);
    } catch (error) {
      if (error instanceof Withheld) return noteWithheld(context, audit, error.message);
      // Whatever took so long, nobody is to blame for it here.
      if (signal.aborted && !stopping.signal.aborted) throw notYet(audit, "it took too long", timeoutMs);
      throw error;
    }
  }

  return {
    run: (jobId) => runs.run(jobId, () => look(jobId)),
    async close() {
      stopping.abort();
      await runs.settled();
    },
  };
}

/** Far longer than training all of the job, data on its way included. */
function longestLookMs({ estimatedSeconds }: Job): number {
  return 600_000 + (estimatedSeconds ?? 0) * 10_000;
}

function notYet({ jobId }: Audit, why: string, timeoutMs: number): CyxwizError {
  return new CyxwizError("TIMED_OUT", { what: `The audit of job ${jobId}: ${why}`, timeoutMs });
}

// A node that is being restarted, or that a network does not lead to for a while, has time to come back.
async function noteWithheld(context: Context, audit: Audit, problem: string): Promise<AuditFinding> {
  const { db, config } = context;
  const [noted] = await db
    .update(audits)
    .set({
      withheldSince: sql`coalesce(${audits.withheldSince}, ${now(context).toISOString()})`,
      withheldBecause: problem,
    })
    .where(eq(audits.jobId, audit.jobId))
    .returning({ since: audits.withheldSince });
  const silentMs = context.nowMs() - (noted?.since?.getTime() ?? context.nowMs());
  const timeoutMs = config.auditWindowSeconds * 1_000;
  if (silentMs < timeoutMs) throw notYet(audit, problem, timeoutMs);
  return { outcome: "WITHHELD", firstFalse: 0, problem };
}
