import { isSignedBy } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import type { ReportVerdictRequest } from "@cyxwiz/protocol";
import { outcomeOf, verdictBytes } from "@cyxwiz/verify";
import { and, eq } from "drizzle-orm";
import { type Context, now, nowSeconds } from "../context.ts";
import { audits, type nodes, type StoredVerdict } from "../database/schema/index.ts";
import { decideAudit } from "./decide-audit.ts";
import { findAudit } from "./find-audit.ts";

const MAX_PROBLEM = 1_000;
const BPS = 10_000;

/**
 * Takes the verdict of a node that was asked for it. One that finds nothing is believed, but for some, by chance, that
 * Central looks into once more; one that finds something Central always looks into: a node's word alone costs nobody
 * their stake. Repeating a verdict changes nothing.
 *
 * @throws CyxwizError NOT_YOURS (not asked, or the signature is not its wallet's), NOT_POSSIBLE_NOW (too late), INVALID_FIELD
 */
export async function takeVerdict(
  context: Context,
  node: typeof nodes.$inferSelect,
  request: ReportVerdictRequest,
): Promise<void> {
  const { jobId, firstFalse, signature } = request;
  const what = `The audit of job ${jobId}`;
  const audit = await findAudit(context.db, jobId);
  if (!audit || audit.auditorNodeId !== node.id) throw new CyxwizError("NOT_YOURS", { what });
  const outcome = outcomeOf(request.outcome);
  if (outcome === undefined) throw new CyxwizError("INVALID_FIELD", { field: "outcome", problem: "is none" });
  const verdict: StoredVerdict = {
    wallet: node.walletPubkey ?? "",
    ...{ outcome, firstFalse },
    problem: request.problem.slice(0, MAX_PROBLEM),
    signature: toHex(signature),
    decidedAtSeconds: nowSeconds(context),
  };
  if (!(await isSignedBy(verdict.wallet, verdictBytes(audit, verdict), signature))) {
    throw new CyxwizError("NOT_YOURS", { what: `The signature of the verdict on job ${jobId}` });
  }
  if (audit.verdicts[0]?.signature === verdict.signature) return;
  if (audit.status !== "OPEN" || audit.verdicts.length > 0 || audit.centralFrom <= now(context)) {
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what, problem: "the time for its verdict is over" });
  }
  if (verdict.outcome === "HOLDS" && !isLookedInto(context)) return decideAudit(context, audit, [verdict]);
  await context.db.transaction(async (tx) => {
    await tx
      .update(audits)
      .set({ verdicts: [verdict], centralFrom: now(context) })
      .where(and(eq(audits.jobId, jobId), eq(audits.status, "OPEN")));
    await context.queue.send(tx, "audit", jobId);
  });
}

// Drawn here and now, so that no auditor can know it beforehand.
function isLookedInto({ config, randomBytes }: Context): boolean {
  const word = new DataView(new Uint8Array(randomBytes(4)).buffer).getUint32(0);
  return word % BPS < config.auditRecheckBps;
}
