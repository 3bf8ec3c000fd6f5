import { create } from "@bufbuild/protobuf";
import { type CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { LogMessage_Level, type TrainingUpdate, TrainingUpdateSchema } from "@cyxwiz/protocol";
import type { BatchEvent } from "@cyxwiz/training";
import type { StoredWeights } from "../weights/weights-store.ts";

export type Metrics = Readonly<Record<string, number>>;

/** Names of a log line's level, as on the wire. */
export type LogLevel = Exclude<keyof typeof LogMessage_Level, "UNKNOWN">;

export function logUpdate(jobId: string, atSeconds: number, level: LogLevel, message: string): TrainingUpdate {
  const value = { level: LogMessage_Level[level], message, source: "node" };
  return create(TrainingUpdateSchema, { jobId, timestamp: BigInt(atSeconds), update: { case: "log", value } });
}

/**
 * Live figures. `progress_percentage` is 0–100 over the whole job, `cpu_usage` percent of one core, `memory_usage`
 * percent of the machine's memory.
 */
export function progressUpdate(
  jobId: string,
  atSeconds: number,
  event: BatchEvent,
  usage: { readonly cpuCores: number; readonly residentBytes: number; readonly totalBytes: number },
): TrainingUpdate {
  const done = ((event.epoch - 1) * event.batches + event.batch) / (event.epochs * event.batches);
  return create(TrainingUpdateSchema, {
    jobId,
    timestamp: BigInt(atSeconds),
    update: {
      case: "progress",
      value: {
        currentEpoch: event.epoch,
        totalEpochs: event.epochs,
        currentBatch: event.batch,
        totalBatches: event.batches,
        progressPercentage: 100 * done,
        metrics: { loss: event.loss, ...(event.accuracy === undefined ? {} : { accuracy: event.accuracy }) },
        cpuUsage: 100 * usage.cpuCores,
        memoryUsage: (100 * usage.residentBytes) / usage.totalBytes,
        estimatedTimeRemaining: BigInt(Math.ceil(event.estimatedRemainingMs / 1000)),
        elapsedTime: BigInt(Math.round(event.elapsedMs / 1000)),
        samplesPerSecond: event.samplesPerSecond,
      },
    },
  });
}

/** An epoch's link of the hash chain. The state itself stays here. */
export function checkpointUpdate(jobId: string, atSeconds: number, epoch: number, hash: string, metrics: Metrics) {
  const value = { epoch, checkpointHash: hash, metricsAtCheckpoint: { ...metrics } };
  return create(TrainingUpdateSchema, { jobId, timestamp: BigInt(atSeconds), update: { case: "checkpoint", value } });
}

/** The end of a job that has a result. */
export function completeUpdate(
  jobId: string,
  atSeconds: number,
  result: {
    readonly stored: StoredWeights;
    readonly metrics: Metrics;
    readonly elapsedSeconds: number;
    readonly epochs: number;
    readonly weightsUrl: string;
    /** The Merkle root, hex. */
    readonly root: string;
  },
): TrainingUpdate {
  const { stored, metrics, elapsedSeconds, epochs, weightsUrl, root } = result;
  const value = {
    success: true,
    resultHash: stored.sha256,
    finalMetrics: { ...metrics },
    totalTrainingTime: BigInt(elapsedSeconds),
    totalEpochsCompleted: BigInt(epochs),
    weightsLocation: weightsUrl,
    finalWeightsSize: BigInt(stored.size),
    proofOfCompute: root,
  };
  return create(TrainingUpdateSchema, { jobId, timestamp: BigInt(atSeconds), update: { case: "complete", value } });
}

export function errorUpdate(jobId: string, atSeconds: number, error: unknown, epoch: number): TrainingUpdate {
  const { code, message } = toReportable(error);
  return create(TrainingUpdateSchema, {
    jobId,
    timestamp: BigInt(atSeconds),
    update: { case: "error", value: { errorCode: code, errorMessage: message, epochAtError: epoch } },
  });
}

/** Why a command was not obeyed; the job goes on. */
export function refusalUpdate(jobId: string, atSeconds: number, error: unknown, epoch: number): TrainingUpdate {
  const { code, message } = toReportable(error);
  const value = { errorCode: code, errorMessage: message, epochAtError: epoch, recoverable: true };
  return create(TrainingUpdateSchema, { jobId, timestamp: BigInt(atSeconds), update: { case: "error", value } });
}

/** What others may know of a failure: our own errors as they are, of anything else nothing. */
export function toReportable(error: unknown): Pick<CyxwizError, "code" | "message"> {
  if (isCyxwizError(error)) return { code: error.code, message: error.message };
  return { code: "INTERNAL", message: "Internal error of the node. Its log says more." };
}
