import { CyxwizError } from "@cyxwiz/errors";
import { auditorPay } from "../audits/auditor-pay.ts";
import { findAudit } from "../audits/find-audit.ts";
import { findJob, stateOf } from "../jobs/find-job.ts";
import { loadConfig } from "../jobs/job-config.ts";
import { ENDED } from "../jobs/lifecycle.ts";
import { epochsOf } from "../proofs/check-completion.ts";
import type { SettlementContext } from "./settlement-context.ts";
import { notYet } from "./step.ts";
import { carryOut, landedSignature } from "./transactions.ts";

const LOOK_AGAIN_SECONDS = 600;

/**
 * Pays the node that audited a job, from the treasury that its fee goes to, by the allowance that the treasury's owner has
 * given the coordinator. While that does not suffice, it is looked at again later.
 *
 * @throws CyxwizError TIMED_OUT when it has to be tried again
 */
export async function payAuditor(context: SettlementContext, jobId: string, signal: AbortSignal): Promise<void> {
  const { chain, db, queue, log } = context;
  const audit = await findAudit(db, jobId);
  const wallet = audit?.verdicts[0]?.wallet;
  if (!audit || wallet === undefined || wallet === chain.coordinator) return;
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
    await db.transaction((tx) => queue.sendOnce(tx, "pay-auditor", jobId, LOOK_AGAIN_SECONDS));
    return;
  }
  const outcome = await carryOut(context, jobId, "pay_auditor", () => chain.payFromTreasury(wallet, amount), signal);
  if (outcome === "stuck") throw new CyxwizError("INTERNAL", { what: `the auditor of job ${jobId} cannot be paid` });
  if (outcome !== "confirmed") throw notYet(jobId, "its auditor's pay to be confirmed");
  log.info({ jobId, wallet, amount }, "auditor paid");
}
