import { CyxwizError } from "@cyxwiz/errors";
import { eq } from "drizzle-orm";
import type { Tx } from "../database/connect.ts";
import { audits } from "../database/schema/index.ts";

/** The audit of a job, as it is stored. */
export type Audit = typeof audits.$inferSelect;

/** How an audit can stand. */
export const AUDIT_STATUSES = ["DRAWING", "NOT_DRAWN", "OPEN", "PASSED", "FAILED"] as const;
/** How an audit stands. */
export type AuditStatus = (typeof AUDIT_STATUSES)[number];

/** The audit of a job, if the question has come up. */
export async function findAudit(tx: Tx, jobId: string): Promise<Audit | undefined> {
  const [audit] = await tx.select().from(audits).where(eq(audits.jobId, jobId));
  return audit;
}

/** Like {@link findAudit}; throws INTERNAL where there must be one. */
export async function requireAudit(tx: Tx, jobId: string): Promise<Audit> {
  const audit = await findAudit(tx, jobId);
  if (!audit) throw new CyxwizError("INTERNAL", { what: `job ${jobId} has no audit` });
  return audit;
}
