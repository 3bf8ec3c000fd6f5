import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { CyxwizError } from "@cyxwiz/errors";
import { type NodeService, StatusCode } from "@cyxwiz/protocol";
import { assignedAudits } from "../audits/assigned-audits.ts";
import { type Context, now } from "../context.ts";
import { disputesWaitingFor } from "../disputes/dispute-record.ts";
import { acceptJob } from "../jobs/accept-job.ts";
import { stateOf } from "../jobs/find-job.ts";
import { loadConfig } from "../jobs/job-config.ts";
import { isOnNode } from "../jobs/lifecycle.ts";
import { noteHeartbeat } from "../nodes/heartbeat.ts";
import { jobOfNode } from "../nodes/job-of-node.ts";
import { registerNode } from "../nodes/register-node.ts";
import { nodeOfSession } from "../nodes/sessions.ts";
import { acceptProgress } from "../proofs/accept-progress.ts";
import { completeJob } from "../proofs/complete-job.ts";
import { awaitPayment, isPaid } from "../settlement/await-payment.ts";
import { redeemNextToken } from "../tokens/redeem-next.ts";
import { redeemToken } from "../tokens/redeem-token.ts";
import { bearerToken } from "./caller.ts";

/** What nodes call. */
export function nodeService(context: Context): ServiceImpl<typeof NodeService> {
  const nodeOf = (call: HandlerContext, nodeId: string) => nodeOfSession(context, bearerToken(call), nodeId);
  return {
    async registerNode(request) {
      const { nodeId, sessionToken } = await registerNode(context, request);
      return {
        status: StatusCode.STATUS_SUCCESS,
        nodeId,
        sessionToken,
        tokenPublicKeyJwk: context.tokenKeys.publicKeyJwk,
        heartbeatIntervalSeconds: context.config.heartbeatSeconds,
      };
    },

    async heartbeat(request, call) {
      const node = await nodeOf(call, request.nodeId);
      const jobsToCancel = await noteHeartbeat(context, node, request);
      const [audits, disputedJobs] = await Promise.all([
        assignedAudits(context, node.id),
        disputesWaitingFor(context.db, "node", node.walletPubkey ?? ""),
      ]);
      return { status: StatusCode.STATUS_SUCCESS, keepAlive: true, jobsToCancel, audits, disputedJobs };
    },

    async redeemToken({ nodeId, authToken, jobId, previousJobId }, call) {
      const node = await nodeOf(call, nodeId);
      const job =
        authToken === "" && previousJobId !== ""
          ? await redeemNextToken(context, { jobId, previousJobId }, node.id)
          : await redeemToken(context, authToken, node.id);
      return {
        status: StatusCode.STATUS_SUCCESS,
        jobId: job.id,
        config: loadConfig(job.config),
        termsHash: job.termsHash ?? new Uint8Array(),
        escrowAddress: job.escrowAddress ?? "",
        payerWallet: job.payerWallet ?? "",
        amount: job.escrowAmount ?? 0n,
        jobEscrowProgram: context.chain.jobEscrowProgram,
        over: !isOnNode(stateOf(job)),
      };
    },

    async notifyJobAccepted({ nodeId, jobId }, call) {
      const node = await nodeOf(call, nodeId);
      await acceptJob(context, await jobOfNode(context.db, jobId, node.id));
      return { status: StatusCode.STATUS_SUCCESS, acknowledged: true };
    },

    async reportProgress(request, call) {
      const node = await nodeOf(call, request.nodeId);
      const job = await jobOfNode(context.db, request.jobId, node.id);
      const running = stateOf(job) === "RUNNING";
      // A report that comes late changes nothing any more.
      if (running) await acceptProgress(context, job, request);
      return { status: StatusCode.STATUS_SUCCESS, continueJob: running };
    },

    async reportCompletion(request, call) {
      const node = await nodeOf(call, request.nodeId);
      const job = await jobOfNode(context.db, request.jobId, node.id);
      await completeJob(context, node, job, request);
      const settled = await awaitPayment(context, job.id, context.config.paymentWaitSeconds * 1_000);
      if (!isPaid(settled)) return { status: StatusCode.STATUS_PENDING };
      context.log.info({ jobId: job.id, seconds: elapsed(context, job.startedAt) }, "job completed");
      return {
        status: StatusCode.STATUS_COMPLETED,
        paymentTxSignature: settled.paymentTxSignature ?? "",
        paymentAmountCyxwiz: settled.paidToNode ?? 0n,
      };
    },

    assignJob() {
      throw new CyxwizError("UNIMPLEMENTED", { method: "NodeService.AssignJob" });
    },

    getNodeMetrics() {
      throw new CyxwizError("UNIMPLEMENTED", { method: "NodeService.GetNodeMetrics" });
    },
  };
}

function elapsed(context: Context, since: Date | null): number | undefined {
  return since === null ? undefined : (now(context).getTime() - since.getTime()) / 1_000;
}
