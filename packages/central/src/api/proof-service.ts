import type { ServiceImpl } from "@connectrpc/connect";
import { CyxwizError } from "@cyxwiz/errors";
import type { ProofService } from "@cyxwiz/protocol";
import type { Context } from "../context.ts";
import { findJob } from "../jobs/find-job.ts";
import { listLinks } from "../proofs/list-links.ts";
import { publicCommitments } from "../proofs/public-commitments.ts";
import { issueAuditToken } from "../tokens/issue-audit-token.ts";
import { callerWallet } from "./caller.ts";

/** What anybody needs to verify a job. */
export function proofService(context: Context): ServiceImpl<typeof ProofService> {
  return {
    getCommitments: async ({ jobId }) => publicCommitments(context, await findJob(context.db, jobId)),

    listLinks: (request) => listLinks(context, request),

    async getAuditToken({ jobId }, call) {
      const caller = await callerWallet(context, call);
      if (caller === undefined) throw new CyxwizError("TOKEN_MISSING", { what: `An audit of job ${jobId}` });
      const job = await findJob(context.db, jobId);
      if (caller !== job.payerWallet) throw new CyxwizError("NOT_YOURS", { what: `Job ${jobId}` });
      if (job.assignedNodeId === null) {
        throw new CyxwizError("NOT_POSSIBLE_NOW", { what: `An audit of job ${jobId}`, problem: "it has no node" });
      }
      const { token, expiresAtSeconds } = await issueAuditToken(context, { jobId, nodeId: job.assignedNodeId });
      context.log.info({ jobId, nodeId: job.assignedNodeId }, "audit token given to the payer");
      return { token, expiresAt: BigInt(expiresAtSeconds) };
    },
  };
}
