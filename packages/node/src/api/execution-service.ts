import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { CyxwizError } from "@cyxwiz/errors";
import { connectionKey, DeviceType, type JobExecutionService, remoteAddress, StatusCode } from "@cyxwiz/protocol";
import { SPEC_LIMITS } from "@cyxwiz/training";
import { cancelJob } from "../control/cancel-job.ts";
import { changeParameters } from "../control/change-parameters.ts";
import { pauseJob, resumeJob } from "../control/hold-job.ts";
import { startNextJob } from "../control/start-next-job.ts";
import { OUR_CLIENT_BYTES, takeCheckpoint } from "../control/take-checkpoint.ts";
import type { JobExecutor } from "../jobs/executor.ts";
import { type ConnectOptions, connectClient } from "../sessions/connect-client.ts";
import type { Session } from "../sessions/session.ts";
import { nowSeconds } from "../util/environment.ts";
import type { Logger } from "../util/log.ts";
import { streamWeights } from "../weights/download-stream.ts";
import type { StoredWeights } from "../weights/weights-store.ts";
import { AFTER_SEQUENCE_HEADER, parseAfter, streamMetrics } from "./stream-metrics.ts";

/** The response header in which ConnectToNode gives the session token. */
export const SESSION_TOKEN_HEADER = "cyxwiz-session-token";

export interface ExecutionServiceOptions extends ConnectOptions {
  readonly executor: JobExecutor;
  readonly memoryBytes: number;
  readonly log: Logger;
}

/** JobExecutionService: finds the caller's session and passes the call on. */
export function createExecutionService(
  options: ExecutionServiceOptions,
): Partial<ServiceImpl<typeof JobExecutionService>> {
  const { sessions, executor, environment, log } = options;
  const sessionOf = (context: HandlerContext, jobId: string): Session => {
    const authorization = context.requestHeader.get("authorization") ?? undefined;
    return sessions.find(context.method.name, { authorization, jobId, connection: context.values.get(connectionKey) });
  };

  return {
    async connectToNode({ authToken, jobId }, context) {
      const connection = context.values.get(connectionKey);
      const { sessionToken, session } = await connectClient(options, { authToken, jobId, connection });
      executor.keepTokens(session);
      context.responseHeader.set(SESSION_TOKEN_HEADER, sessionToken);
      return {
        status: StatusCode.STATUS_SUCCESS,
        nodeId: options.central.registration.nodeId,
        capabilities: {
          supportedDevices: [DeviceType.DEVICE_CPU],
          maxMemory: BigInt(Math.min(options.memoryBytes, SPEC_LIMITS.memoryBytes)),
          maxBatchSize: SPEC_LIMITS.batchSize,
          supportedOptimizers: ["sgd", "momentum", "adam"],
          supportsCheckpointing: true,
          supportsDistributed: false,
        },
      };
    },

    disconnectFromNode(_request, context) {
      const session = sessionOf(context, "");
      sessions.forgetConnection(context.values.get(connectionKey));
      // While a job is under way its client may come back; else there is nothing to come back for.
      if (session.endedAtMs !== undefined || !session.job) {
        session.endedAtMs ??= environment.nowMs();
        options.slot.release(session);
        sessions.remove(session);
      }
      return { status: StatusCode.STATUS_SUCCESS, message: "Disconnected." };
    },

    async sendJob(request, context) {
      const session = sessionOf(context, request.jobId);
      await executor.accept(session, request, remoteAddress(context.values.get(connectionKey)));
      const startsAt = BigInt(nowSeconds(environment));
      return { status: StatusCode.STATUS_SUCCESS, accepted: true, estimatedStartTime: startsAt };
    },

    async *streamTrainingMetrics(commands, context) {
      const session = sessionOf(context, "");
      const connection = context.values.get(connectionKey);
      const next = { connection, engineAddress: remoteAddress(connection) };
      yield* streamMetrics(session, commands, {
        slot: options.slot,
        startNext: (previous, config) => startNextJob(options, previous, { jobId: "", config, ...next }),
        after: parseAfter(context.requestHeader.get(AFTER_SEQUENCE_HEADER)),
        signal: context.signal,
        nowSeconds: () => nowSeconds(environment),
        log,
      });
    },

    async *downloadWeights(request, context) {
      const session = sessionOf(context, request.jobId);
      yield* streamWeights(weightsOf(session), request, context.signal);
    },

    async startNewJob({ reservationId, jobId, jobConfig: config }, context) {
      const connection = context.values.get(connectionKey);
      const previous = sessionOf(context, "");
      if (reservationId !== "" && reservationId !== previous.jobId && previous.jobId !== jobId) {
        const problem = "must be empty, or the id of the job that the session was opened for";
        throw new CyxwizError("INVALID_FIELD", { field: "reservation_id", problem });
      }
      const next = { jobId, config, connection, engineAddress: remoteAddress(connection) };
      const { dataNeeded } = await startNextJob(options, previous, next);
      const message = dataNeeded ? "Send its data." : "It trains on the data of the last one.";
      return { accepted: true, message, dataNeeded };
    },

    pauseTraining({ jobId }, context) {
      const { epoch, batch } = pauseJob(sessionOf(context, jobId));
      return { success: true, currentEpoch: epoch, currentBatch: batch, message: "Training is paused." };
    },

    resumeTraining({ jobId, checkpointPath }, context) {
      const { epoch, batch } = resumeJob(sessionOf(context, jobId), checkpointPath);
      return { success: true, resumedEpoch: epoch, resumedBatch: batch, message: "Training goes on." };
    },

    async cancelTraining({ jobId, reason, savePartialModel: savePartial, signature }, context) {
      const session = sessionOf(context, jobId);
      const { epochs, partialSaved } = await cancelJob(session, { reason, savePartial, signature });
      return {
        success: true,
        epochsCompleted: epochs,
        partialModelSaved: partialSaved,
        partialModelPath: partialSaved ? executor.weightsUrl(session.jobId) : "",
        message: `Training has ended after ${epochs} epochs.`,
      };
    },

    async updateTraining({ jobId, params }, context) {
      if (!params) throw new CyxwizError("INVALID_FIELD", { field: "params", problem: "is missing" });
      const firstEpoch = await changeParameters(sessionOf(context, jobId), params);
      return { firstEpoch, message: `The new parameters hold from epoch ${firstEpoch} on.` };
    },

    requestCheckpoint({ jobId }, context) {
      return takeCheckpoint(sessionOf(context, jobId), OUR_CLIENT_BYTES);
    },
  };
}

/** A session's weights. Throws WEIGHTS_NOT_READY. */
export function weightsOf(session: Session): StoredWeights {
  if (session.weights) return session.weights;
  throw new CyxwizError("WEIGHTS_NOT_READY", { jobId: session.jobId, phase: session.job?.phase ?? "not sent yet" });
}
