import type { CyxwizError } from "@cyxwiz/errors";
import type { Context } from "../context.ts";
import { auditFailure } from "./decide-audit.ts";
import { openAudit, type Work } from "./open-audit.ts";

/** What the audit of a node's work says of its pay. */
export type AuditGate = "clear" | "undrawn" | "open" | { readonly failure: CyxwizError };

/**
 * Whether a node may be paid for its work: `clear` when it was not chosen for an audit or stood it; `undrawn` while the
 * block is not there that decides; `open` until a verdict, which has the settlement go on.
 */
export async function auditGate(context: Omit<Context, "settler">, work: Work): Promise<AuditGate> {
  if (!context.config.audits) return "clear";
  const audit = await openAudit(context, work);
  switch (audit?.status) {
    case undefined:
      return "undrawn";
    case "OPEN":
      return "open";
    case "FAILED":
      return { failure: auditFailure(work.job.id, audit.verdicts.at(-1)?.problem ?? "") };
    default:
      return "clear";
  }
}
