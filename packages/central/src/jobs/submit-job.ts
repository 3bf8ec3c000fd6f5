import { CyxwizError } from "@cyxwiz/errors";
import { hashJobTerms } from "@cyxwiz/proof";
import type { JobConfig } from "@cyxwiz/protocol";
import { eq } from "drizzle-orm";
import { type Context, now, nowSeconds } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { type Job, jobHistory, jobs, nodes, reservations, users } from "../database/schema/index.ts";
import { addressKey } from "../limits/address-key.ts";
import { type Asker, checkJobLimits } from "../limits/job-limits.ts";
import { explainMatch, type MatchExplanation } from "../matching/explain-match.ts";
import { findMatches, recheck } from "../matching/find-matches.ts";
import { reject } from "../matching/judge.ts";
import { describeNeeds, type Match, summarise } from "../matching/match.ts";
import { type CheckedConfig, checkConfig, storeConfig } from "./job-config.ts";
import { needsOf } from "./needs.ts";

/** Escrow deadlines are judged by the chain's clock, which may be behind ours by so much. */
const CLOCK_MARGIN_SECONDS = 120;

/** A job with a node held for it, and that node. */
export interface SubmittedJob {
  readonly job: Job;
  readonly node: typeof nodes.$inferSelect;
  readonly durationMs: bigint;
}

/**
 * Takes a job: checks it, finds the best node, holds that for the reservation's time, and states the price.
 *
 * @param from.caller the wallet that proved itself; only it may then touch the job. Without one anybody who knows the
 * id may.
 * @param from.address where the call comes from
 * @throws CyxwizError INVALID_FIELD, MODEL_INVALID, NOT_YOURS, NO_NODE_AVAILABLE, JOB_LIMIT_REACHED
 */
export async function submitJob(
  context: Context,
  request: JobConfig | undefined,
  { caller, address }: { readonly caller: string | undefined; readonly address: string },
): Promise<SubmittedJob> {
  const jobId = context.newId();
  const checked = checkConfig(request, jobId);
  const payer = checked.config.paymentAddress;
  if (caller !== undefined && caller !== payer) throw new CyxwizError("NOT_YOURS", { what: `Wallet ${payer}` });
  const asker = { wallet: payer, proven: caller !== undefined, address: addressKey(address) };
  const needs = needsOf(checked);
  const { matches, rejected } = await findMatches(context, needs);
  for (const [place, match] of matches.entries()) {
    const refused = await recheck(context, needs, match);
    if (refused) {
      rejected.push(refused);
      continue;
    }
    const explanation = explainMatch(needs, { matches: matches.slice(place), rejected });
    const submitted = await reserve(context, checked, match, { asker, explanation });
    if (submitted) return submitted;
    rejected.push(reject(match.candidate, "busy", "another job was faster"));
  }
  throw new CyxwizError("NO_NODE_AVAILABLE", { needs: describeNeeds(needs), rejected: summarise(rejected) });
}

// Undefined when somebody else was faster: the database lets a node be held only once.
async function reserve(
  context: Context,
  { config }: CheckedConfig,
  match: Match,
  { asker, explanation }: { readonly asker: Asker; readonly explanation: MatchExplanation },
): Promise<SubmittedJob | undefined> {
  const { config: settings, chain } = context;
  const at = now(context);
  const platform = await chain.platform();
  const untilDeadline = Math.min(
    settings.escrowDeadlineSeconds,
    Number(platform.timeoutSeconds) - CLOCK_MARGIN_SECONDS,
  );
  const values = {
    id: config.jobId,
    status: "PENDING_ESCROW",
    config: storeConfig(config),
    assignedNodeId: match.candidate.nodeId,
    createdAt: at,
    owned: asker.proven,
    submittedFrom: asker.address,
    payerWallet: config.paymentAddress,
    termsHash: hashJobTerms(config),
    matchExplanation: explanation,
    quotedAmount: match.amount,
    estimatedSeconds: Number((match.durationMs + 999n) / 1_000n),
    escrowStatus: "PENDING",
    escrowDeadline: new Date((nowSeconds(context) + untilDeadline) * 1_000),
    confirmBy: new Date(at.getTime() + settings.reservationSeconds * 1_000),
  };
  return context.db.transaction(async (tx) => {
    await checkJobLimits(context, tx, asker);
    const userId = await userOf(context, tx, config.paymentAddress);
    const [job] = await tx
      .insert(jobs)
      .values({ ...values, userId })
      .returning();
    const held = await tx
      .insert(reservations)
      .values({ jobId: config.jobId, nodeId: match.candidate.nodeId, createdAt: at })
      .onConflictDoNothing()
      .returning();
    const [node] = await tx.select().from(nodes).where(eq(nodes.id, match.candidate.nodeId));
    if (held.length === 0 || !job || !node) {
      await tx.delete(jobs).where(eq(jobs.id, config.jobId));
      return undefined;
    }
    await tx.insert(jobHistory).values({ jobId: job.id, event: "submit", toStatus: job.status, at });
    await context.queue.send(tx, "expire", job.id, settings.reservationSeconds);
    return { job, node, durationMs: match.durationMs };
  });
}

async function userOf(context: Context, tx: Tx, wallet: string): Promise<string> {
  const values = { id: context.newId(), walletPubkey: wallet, createdAt: now(context) };
  await tx.insert(users).values(values).onConflictDoNothing();
  const [user] = await tx.select({ id: users.id }).from(users).where(eq(users.walletPubkey, wallet));
  if (!user) throw new CyxwizError("INTERNAL", { what: "a user vanished" });
  return user.id;
}
