import { bestEpoch, type EpochMetrics, specOfJob } from "@cyxwiz/training";
import type { AuditParameters } from "../config/audit-config.ts";
import type { Job } from "../database/schema/index.ts";
import { loadConfig } from "../jobs/job-config.ts";
import type { ReportedEpoch } from "../proofs/accept-progress.ts";

/** Why a job is audited whatever the lots say. */
export type AuditReason = "amount" | "time" | "early end" | "cancelled";

/** What an audit must look into, and why. */
export interface Forced {
  readonly reasons: readonly AuditReason[];
  /** Epochs that are replayed beside those that the lots fall on. */
  readonly epochs: readonly number[];
}

/**
 * What forces an audit of a job, whatever the lots say, see docs/economics.md.
 *
 * @param facts.workedMs from the node's start to its proof, less what its engine held it
 * @param facts.isCancelled the job was called off while it ran
 */
export function forcedAudit(
  job: Pick<Job, "escrowAmount" | "estimatedSeconds" | "config">,
  reported: readonly ReportedEpoch[],
  { workedMs, isCancelled }: { readonly workedMs: number; readonly isCancelled: boolean },
  parameters: Pick<AuditParameters, "auditAlwaysFrom" | "auditTimeBounds">,
): Forced {
  const reasons: AuditReason[] = [];
  if (isCancelled) reasons.push("cancelled");
  if ((job.escrowAmount ?? 0n) >= parameters.auditAlwaysFrom) reasons.push("amount");
  if (!isCancelled && isOutside(workedMs, job.estimatedSeconds, parameters.auditTimeBounds)) reasons.push("time");
  const spec = specOfJob(loadConfig(job.config));
  if (isCancelled || reported.length >= spec.training.epochs) return { reasons, epochs: [] };
  reasons.push("early end");
  const metrics = reported.map((epoch) => epoch.metrics as Readonly<Record<string, number>> & EpochMetrics);
  // The end rests on nothing being better than the best.
  const best = bestEpoch(spec, metrics) ?? 1;
  return { reasons, epochs: reported.map((_, index) => index + 1).slice(best - 1) };
}

function isOutside(
  workedMs: number,
  estimatedSeconds: number | null,
  { minimumBps, maximumBps }: AuditParameters["auditTimeBounds"],
): boolean {
  if (estimatedSeconds === null || estimatedSeconds <= 0) return false;
  const shareBps = (workedMs * 10) / estimatedSeconds;
  return shareBps < minimumBps || shareBps > maximumBps;
}
