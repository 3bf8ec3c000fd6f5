import { chooseEpochs, lotsOf } from "@cyxwiz/verify";
import { and, eq } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { audits, type Job } from "../database/schema/index.ts";
import { workedMs } from "../jobs/worked-time.ts";
import type { ReportedEpoch } from "../proofs/accept-progress.ts";
import { forcedAudit } from "./audit-reasons.ts";
import { auditorsFor } from "./choose-auditor.ts";
import { type Audit, findAudit, requireAudit } from "./find-audit.ts";

/** Replaying two epochs of fewer costs more than a job's fee brings in. */
const LEAST_EPOCHS_FOR_NODES = 10;

/** What a node is to be paid for, and is committed to. */
export interface Work {
  readonly job: Job;
  /** Hex. */
  readonly root: string;
  /** The epochs under the root. */
  readonly reported: readonly ReportedEpoch[];
  /** By when it was committed to. */
  readonly committedSlot: bigint;
  /** The job was called off while it ran; there is no proof of it. */
  readonly isCancelled: boolean;
}

/**
 * The audit of a node's work. It is written down before the block is there that its lots are drawn from, so whatever
 * happens, they are drawn once.
 *
 * @returns `undefined` while that block is not there
 */
export async function openAudit(context: Omit<Context, "settler">, work: Work): Promise<Audit | undefined> {
  const audit = (await findAudit(context.db, work.job.id)) ?? (await writeDown(context, work));
  return audit.status === "DRAWING" ? draw(context, work, audit) : audit;
}

async function writeDown(
  context: Omit<Context, "settler">,
  { job, root, reported, committedSlot, isCancelled }: Work,
): Promise<Audit> {
  const { db, config } = context;
  const facts = { workedMs: (await workedMs(db, job)) ?? 0, isCancelled };
  const { reasons, epochs } = forcedAudit(job, reported, facts, config);
  const row = {
    ...{ jobId: job.id, status: "DRAWING", root, committedSlot, verdicts: [] },
    ...{ reasons: [...reasons], epochs: [...epochs], rateBps: config.auditRateBps },
    ...{ centralFrom: now(context), openedAt: now(context) },
  };
  await db.insert(audits).values(row).onConflictDoNothing();
  return requireAudit(db, job.id);
}

async function draw(
  context: Omit<Context, "settler">,
  { job, reported }: Work,
  audit: Audit,
): Promise<Audit | undefined> {
  const { db, chain, config, queue } = context;
  const block = await chain.firstBlockAfter(audit.committedSlot);
  if (!block) return undefined;
  const lots = lotsOf({ jobId: job.id, root: audit.root, blockHash: block.hash });
  const lot = lots(10_000);
  const drawn = chooseEpochs({ kind: "random", count: config.auditSegments }, reported.length, lots);
  const isAudited = lot < audit.rateBps || audit.reasons.length > 0;
  const epochs = isAudited ? [...new Set([...drawn, ...audit.epochs])].sort((a, b) => a - b) : [];
  const isForNodes =
    isAudited && reported.length >= LEAST_EPOCHS_FOR_NODES && audit.reasons.every((each) => each === "time");
  const auditors = isForNodes ? await auditorsFor(context, job) : [];
  const auditorNodeId = auditors.length > 0 ? (auditors[lots(auditors.length)] as string) : null;
  const waitSeconds = auditorNodeId === null ? 0 : config.auditWindowSeconds;
  const change = {
    status: isAudited ? "OPEN" : "NOT_DRAWN",
    ...{ blockSlot: block.slot, blockHash: block.hash, lot, epochs, auditorNodeId },
    centralFrom: new Date(context.nowMs() + waitSeconds * 1_000),
    decidedAt: isAudited ? null : now(context),
  };
  await db.transaction(async (tx) => {
    const [opened] = await tx
      .update(audits)
      .set(change)
      .where(and(eq(audits.jobId, job.id), eq(audits.status, "DRAWING")))
      .returning({ jobId: audits.jobId });
    if (opened && isAudited) await queue.send(tx, "audit", job.id, waitSeconds);
  });
  context.log.info({ jobId: job.id, lot, isAudited, reasons: audit.reasons, epochs, auditorNodeId }, "audit drawn");
  return requireAudit(db, job.id);
}
