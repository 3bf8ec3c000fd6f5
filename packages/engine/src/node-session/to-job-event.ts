import { LogMessage_Level, type TrainingUpdate } from "@cyxwiz/protocol";
import type { JobEvent, JobEventOf } from "../events/job-event.ts";

const LEVELS = new Map<LogMessage_Level, JobEventOf<"log">["level"]>([
  [LogMessage_Level.DEBUG, "debug"],
  [LogMessage_Level.INFO, "info"],
  [LogMessage_Level.WARNING, "warning"],
  [LogMessage_Level.ERROR, "error"],
]);

/** The event behind a message of the metrics stream; `undefined` for what is no news. */
export function toJobEvent({ update }: TrainingUpdate): JobEvent | undefined {
  switch (update.case) {
    case "progress": {
      const value = update.value;
      return {
        type: "progress",
        epoch: value.currentEpoch,
        epochs: value.totalEpochs,
        batch: value.currentBatch,
        batches: value.totalBatches,
        fraction: value.progressPercentage / 100,
        loss: value.metrics.loss,
        accuracy: value.metrics.accuracy,
        samplesPerSecond: value.samplesPerSecond,
        etaSeconds: Number(value.estimatedTimeRemaining),
        cpu: value.cpuUsage,
        memory: value.memoryUsage,
      };
    }
    case "checkpoint": {
      const { epoch, checkpointHash, metricsAtCheckpoint } = update.value;
      return { type: "checkpoint", epoch, hash: checkpointHash, metrics: metricsAtCheckpoint };
    }
    case "log":
      return { type: "log", level: LEVELS.get(update.value.level) ?? "info", message: update.value.message };
    default:
      return undefined;
  }
}
