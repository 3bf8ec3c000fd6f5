import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  connectionKey,
  type JobService,
  type MatchExplanation,
  MatchExplanationSchema,
  NodeAssignmentSchema,
  NodeConsiderationSchema,
  remoteAddress,
  StatusCode,
} from "@cyxwiz/protocol";
import { publicAudit } from "../audits/public-audit.ts";
import { type Context, nowSeconds } from "../context.ts";
import type { Job, nodes } from "../database/schema/index.ts";
import { confirmEscrow } from "../escrow/confirm-escrow.ts";
import { cancelJob } from "../jobs/cancel-job.ts";
import { deleteJob } from "../jobs/delete-job.ts";
import { findVisibleJob } from "../jobs/find-job.ts";
import { followJob } from "../jobs/follow-job.ts";
import { toJobStatus, toSettlement } from "../jobs/job-status.ts";
import { listJobs } from "../jobs/list-jobs.ts";
import { rateJob } from "../jobs/rate-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { assignmentOf } from "../nodes/find-nodes.ts";
import { callerWallet, requireOwner } from "./caller.ts";
import { escrowTerms } from "./escrow-terms.ts";

/** What engines call. */
export function jobService(context: Context): ServiceImpl<typeof JobService> {
  return {
    async submitJob({ config }, call) {
      const address = remoteAddress(call.values.get(connectionKey));
      const caller = await callerWallet(context, call);
      const { job, node, durationMs } = await submitJob(context, config, { caller, address });
      const terms = await escrowTerms(context, job, node);
      context.log.info({ jobId: job.id, nodeId: node.id, amount: job.quotedAmount, durationMs }, "job submitted");
      return {
        jobId: job.id,
        status: StatusCode.STATUS_AWAITING_ESCROW,
        nodeAssignment: assignment(node),
        estimatedStartTime: BigInt(nowSeconds(context)),
        estimatedCostCyxwiz: terms.amount,
        escrowDeadlineSeconds: BigInt(context.config.reservationSeconds),
        escrowTerms: terms,
        ...matchOf(job),
      };
    },

    async confirmEscrow({ jobId, escrowTxSignature }, call) {
      await requireOwner(context, await findVisibleJob(context.db, jobId), call);
      const caller = await callerWallet(context, call);
      const proven = { jobId, signature: escrowTxSignature, ...(caller !== undefined && { caller }) };
      const { node, token, expiresAtSeconds } = await confirmEscrow(context, proven);
      context.log.info({ jobId, nodeId: node.id }, "escrow confirmed");
      return {
        status: StatusCode.STATUS_ESCROW_CONFIRMED,
        authToken: token,
        nodeEndpoint: node.endpoint ?? "",
        tokenExpiresAt: BigInt(expiresAtSeconds),
        certificateSha256: node.certificateSha256 ?? "",
        certificatePem: node.certificatePem ?? "",
      };
    },

    async getJobStatus({ jobId }, call) {
      const job = await findVisibleJob(context.db, jobId);
      await requireOwner(context, job, call);
      const node = await assignmentOf(context, job);
      const settlement = toSettlement(job, await publicAudit(context, job.id));
      return {
        status: toJobStatus(job),
        ...(node && { nodeAssignment: assignment(node) }),
        ...(settlement && { settlement }),
        ...matchOf(job),
      };
    },

    async cancelJob({ jobId, reason }, call) {
      await requireOwner(context, await findVisibleJob(context.db, jobId), call);
      const caller = await callerWallet(context, call);
      const { refundIssued } = await cancelJob(context, jobId, { reason, caller });
      return { status: StatusCode.STATUS_CANCELLED, refundIssued };
    },

    async *streamJobUpdates({ jobId }, call) {
      await requireOwner(context, await findVisibleJob(context.db, jobId), call);
      for await (const job of followJob(context, jobId, call.signal)) {
        yield { jobId, status: toJobStatus(job), liveMetrics: job.metrics ?? {} };
      }
    },

    async listJobs(request, call) {
      const caller = await callerWallet(context, call);
      const { jobs, nextPageToken, totalCount } = await listJobs(context, request, caller);
      return { jobs: jobs.map(toJobStatus), nextPageToken, totalCount };
    },

    async deleteJob({ jobId }, call) {
      await requireOwner(context, await findVisibleJob(context.db, jobId), call);
      await deleteJob(context, jobId);
      return { status: StatusCode.STATUS_SUCCESS };
    },

    async rateJob({ jobId, stars }, call) {
      const caller = await callerWallet(context, call);
      await rateJob(context, await findVisibleJob(context.db, jobId), stars, caller);
      return { status: StatusCode.STATUS_SUCCESS };
    },
  };
}

// Numbers travel as text: amounts are larger than a double holds exactly.
function matchOf({ matchExplanation: explained }: Job): { match?: MatchExplanation } {
  if (!explained) return {};
  const nodes = explained.nodes.map(({ numbers, ...node }) =>
    create(NodeConsiderationSchema, {
      ...node,
      numbers: Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)])),
    }),
  );
  return { match: create(MatchExplanationSchema, { ...explained, nodes }) };
}

function assignment(node: typeof nodes.$inferSelect) {
  return create(NodeAssignmentSchema, {
    nodeId: node.id,
    nodeEndpoint: node.endpoint ?? "",
    nodePublicKey: node.walletPubkey ?? "",
    certificateSha256: node.certificateSha256 ?? "",
    certificatePem: node.certificatePem ?? "",
  });
}
