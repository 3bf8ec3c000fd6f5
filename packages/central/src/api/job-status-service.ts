import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { CyxwizError } from "@cyxwiz/errors";
import { type JobStatusService, ReportProgressRequestSchema, StatusCode } from "@cyxwiz/protocol";
import type { Context } from "../context.ts";
import { stateOf } from "../jobs/find-job.ts";
import { jobOfNode } from "../nodes/job-of-node.ts";
import { isCancelledByPayer, takeCancellation } from "../nodes/report-cancellation.ts";
import { reportFailure } from "../nodes/report-failure.ts";
import { nodeOfSession } from "../nodes/sessions.ts";
import { acceptProgress } from "../proofs/accept-progress.ts";
import { bearerToken } from "./caller.ts";

/** How a node tells that a job goes on, or that it failed. */
export function jobStatusService(context: Context): ServiceImpl<typeof JobStatusService> {
  return {
    async updateJobStatus(request, call) {
      const node = await nodeOfSession(context, bearerToken(call), request.nodeId);
      const job = await jobOfNode(context.db, request.jobId, node.id);
      if (isFailure(request.status)) {
        await reportFailure(context, job, { problem: request.logMessage, stopped: isStop(request.status) });
        return { status: StatusCode.STATUS_SUCCESS, shouldContinue: false };
      }
      const shouldContinue = stateOf(job) === "RUNNING";
      if (shouldContinue) {
        const { nodeId, jobId, progress, currentEpoch, metrics } = request;
        const report = create(ReportProgressRequestSchema, { nodeId, jobId, progress, currentEpoch, metrics });
        await acceptProgress(context, job, report);
      }
      return { status: StatusCode.STATUS_SUCCESS, shouldContinue };
    },

    async reportJobResult(request, call) {
      const node = await nodeOfSession(context, bearerToken(call), request.nodeId);
      const job = await jobOfNode(context.db, request.jobId, node.id);
      if (!isFailure(request.finalStatus)) {
        // A success is paid for, so it has to be proven, and this message carries no proof.
        throw new CyxwizError("UNIMPLEMENTED", { method: "ReportJobResult of a success; use ReportCompletion. That" });
      }
      const stopped = isStop(request.finalStatus);
      if (stopped && (await isCancelledByPayer(context, job, request.cancelSignature))) {
        await takeCancellation(context, job, request.errorMessage);
      } else {
        await reportFailure(context, job, { problem: request.errorMessage, stopped });
      }
      return { status: StatusCode.STATUS_SUCCESS };
    },
  };
}

function isFailure(status: StatusCode): boolean {
  return (
    status === StatusCode.STATUS_FAILED || status === StatusCode.STATUS_CANCELLED || status === StatusCode.STATUS_ERROR
  );
}

function isStop(status: StatusCode): boolean {
  return status === StatusCode.STATUS_CANCELLED;
}
