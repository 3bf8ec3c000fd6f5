import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AuditAssignmentSchema } from "@cyxwiz/protocol";
import { and, eq, gt, sql } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { audits, jobs } from "../database/schema/index.ts";
import { issueAuditToken } from "../tokens/issue-audit-token.ts";

const toSeconds = (at: Date) => BigInt(Math.floor(at.getTime() / 1_000));

/** What a node is asked to audit now, each with a fresh token for what the audited node keeps. */
export async function assignedAudits(
  context: Context,
  nodeId: string,
): Promise<MessageInitShape<typeof AuditAssignmentSchema>[]> {
  const rows = await context.db
    .select({ audit: audits, auditedNodeId: jobs.assignedNodeId })
    .from(audits)
    .innerJoin(jobs, eq(audits.jobId, jobs.id))
    .where(
      and(
        eq(audits.auditorNodeId, nodeId),
        eq(audits.status, "OPEN"),
        gt(audits.centralFrom, now(context)),
        sql`jsonb_array_length(${audits.verdicts}) = 0`,
      ),
    );
  return Promise.all(
    rows.map(async ({ audit: { jobId, epochs, root, centralFrom }, auditedNodeId }) => {
      const { token, expiresAtSeconds } = await issueAuditToken(context, { jobId, nodeId: auditedNodeId ?? "" });
      const auditToken = { auditToken: token, tokenExpiresAt: BigInt(expiresAtSeconds) };
      return { jobId, epochs, root, ...auditToken, dueAt: toSeconds(centralFrom) };
    }),
  );
}
