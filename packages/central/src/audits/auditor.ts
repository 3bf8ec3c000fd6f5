import { CyxwizError } from "@cyxwiz/errors";
import type { AuditFinding } from "@cyxwiz/verify";
import { eq, sql } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { audits } from "../database/schema/index.ts";
import { findJob } from "../jobs/find-job.ts";
import { decideAudit } from "./decide-audit.ts";
import { type Audit, requireAudit } from "./find-audit.ts";
import { lookAtWork, type Sight } from "./look-at-work.ts";
import { signVerdict } from "./sign-verdict.ts";
import { Withheld } from "./withheld.ts";

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

/** Replays at a time: each takes a core, and memory for data set and model. */
const MAX_LOOKS = 1;

/** Makes the auditor of this process; others may look at the same jobs at the same time. */
export function createAuditor(context: Context, sight: Sight): Auditor {
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let free = MAX_LOOKS;
  const waiting: (() => void)[] = [];

  async function inTurn<T>(look: () => Promise<T>): Promise<T> {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await look();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  }

  async function look(jobId: string): Promise<void> {
    const audit = await requireAudit(context.db, jobId);
    // A node still has time to look for us.
    if (audit.status !== "OPEN" || audit.centralFrom > now(context)) return;
    const job = await findJob(context.db, jobId);
    const finding = await inTurn(() => lookAtWork(context, sight, job, audit.epochs, stopping.signal)).catch(
      async (error: unknown) => {
        if (error instanceof Withheld) return noteWithheld(context, audit, error.message);
        throw error;
      },
    );
    const current = await requireAudit(context.db, jobId);
    await decideAudit(context, current, [...current.verdicts, await signVerdict(context, current, finding)]);
  }

  return {
    run(jobId) {
      const current = running.get(jobId);
      if (current) return current;
      const run = look(jobId).finally(() => running.delete(jobId));
      running.set(jobId, run);
      return run;
    },
    async close() {
      stopping.abort();
      for (const next of waiting.splice(0)) next();
      await Promise.allSettled(running.values());
    },
  };
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
  if (silentMs < timeoutMs) {
    throw new CyxwizError("TIMED_OUT", { what: `The audit of job ${audit.jobId}: ${problem}`, timeoutMs });
  }
  return { outcome: "WITHHELD", firstFalse: 0, problem };
}
