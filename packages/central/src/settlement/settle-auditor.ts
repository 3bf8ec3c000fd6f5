import { CyxwizError } from "@cyxwiz/errors";
import { sha256, toHex } from "@cyxwiz/proof";
import { verdictBytes } from "@cyxwiz/verify";
import { auditorPay } from "../audits/auditor-pay.ts";
import { type Audit, findAudit } from "../audits/find-audit.ts";
import { standingOf } from "../audits/standing-of.ts";
import type { StoredVerdict } from "../database/schema/index.ts";
import { findJob, stateOf } from "../jobs/find-job.ts";
import { loadConfig } from "../jobs/job-config.ts";
import { ENDED } from "../jobs/lifecycle.ts";
import { isArbiterHere } from "../platform/is-arbiter-here.ts";
import { epochsOf } from "../proofs/check-completion.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { notYet } from "./step.ts";
import { type Build, carryOut, landedSignature } from "./transactions.ts";

const LOOK_AGAIN_SECONDS = 600;

/**
 * Pays the node that audited a job, or has the arbiter take its stake where its verdict was false.
 *
 * @throws CyxwizError TIMED_OUT when it has to be tried again
 */
export async function settleAuditor(context: SettlementContext, jobId: string, signal: AbortSignal): Promise<void> {
  const audit = await findAudit(context.db, jobId);
  const [own] = audit?.verdicts ?? [];
  if (!audit || own === undefined || own.wallet === context.chain.coordinator) return;
  const standing = standingOf(audit.verdicts);
  if (standing === "right") await pay(context, audit, own.wallet, signal);
  if (standing === "false") await slash(context, audit, own, signal);
}

// From the treasury that the job's fee goes to, by the allowance that its owner has given the coordinator.
async function pay(context: SettlementContext, audit: Audit, wallet: string, signal: AbortSignal): Promise<void> {
  const { chain, db, queue, log } = context;
  const { jobId } = audit;
  if ((await landedSignature(context, jobId, "pay_auditor")) !== undefined) return;
  const job = await findJob(db, jobId);
  // It comes out of the fee.
  if (!ENDED.includes(stateOf(job))) throw notYet(jobId, "its end, before its auditor is paid");
  const size = { epochs: epochsOf(loadConfig(job.config)), replayed: audit.epochs.length };
  const amount = auditorPay(job, size, await chain.platform());
  if (amount === 0n) return;
  const allowed = await chain.treasuryAllowance();
  if (allowed < amount) {
    log.error({ jobId, amount, allowed }, "an auditor waits for its pay: `cyxwiz admin allow-audits` gives more");
    await db.transaction((tx) => queue.sendOnce(tx, "auditor", jobId, LOOK_AGAIN_SECONDS));
    return;
  }
  await send(context, jobId, "pay_auditor", () => chain.payFromTreasury(wallet, amount), signal);
  log.info({ jobId, wallet, amount }, "auditor paid");
}

// An arbiter that is somebody else does it by `cyxwiz admin slash`; the evidence is the verdict that it signed.
async function slash(
  context: SettlementContext,
  audit: Audit,
  { wallet, signature, ...said }: StoredVerdict,
  signal: AbortSignal,
): Promise<void> {
  const { chain, log } = context;
  const { jobId } = audit;
  const evidence = sha256(verdictBytes(audit, said), Buffer.from(signature, "hex"));
  if (!(await isArbiterHere(chain))) {
    log.warn({ jobId, wallet, evidence: toHex(evidence) }, "a false verdict is left to the arbiter");
    return;
  }
  if ((await landedSignature(context, jobId, "slash_auditor")) !== undefined) return;
  await send(context, jobId, "slash_auditor", () => chain.slashNode(wallet, evidence), signal);
  log.warn({ jobId, wallet }, "slashed for a false verdict");
}

async function send(
  context: SettlementContext,
  jobId: string,
  purpose: "pay_auditor" | "slash_auditor",
  build: Build,
  signal: AbortSignal,
): Promise<void> {
  const outcome = await carryOut(context, jobId, purpose, build, signal);
  if (outcome === "stuck") throw new CyxwizError("INTERNAL", { what: `${purpose} of job ${jobId} is refused` });
  if (outcome !== "confirmed") throw notYet(jobId, `${purpose} to be confirmed`);
}
