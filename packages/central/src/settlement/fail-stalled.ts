import { CyxwizError } from "@cyxwiz/errors";
import type { Job } from "../database/schema/index.ts";
import { failOnWayBack } from "../jobs/fail-job.ts";
import { workedMs } from "../jobs/worked-time.ts";
import { queueReputation } from "../nodes/reputation.ts";
import type { SettlementContext } from "./settlement-context.ts";

const BPS = 10_000;

/**
 * The latest moment at which a node that works must have trained so many epochs, in milliseconds of its work: as much
 * later than estimated as audits allow for, and one epoch more, the one under way.
 *
 * @param graceMs what a start takes
 */
export function latestMs(
  {
    estimatedSeconds,
    done,
    agreed,
  }: { readonly estimatedSeconds: number; readonly done: number; readonly agreed: number },
  { maximumBps, graceMs }: { readonly maximumBps: number; readonly graceMs: number },
): number {
  return graceMs + (((estimatedSeconds * 1_000 * maximumBps) / BPS) * (done + 1)) / agreed;
}

/**
 * Has a job that was called off count as failed when its node had stalled: then nobody is paid for having waited until the
 * payer gave up.
 *
 * @param done epochs that the node has reported
 * @param agreed epochs of the job
 */
export async function failStalled(
  context: SettlementContext,
  job: Job,
  { done, agreed }: { readonly done: number; readonly agreed: number },
): Promise<boolean> {
  const { estimatedSeconds, assignedNodeId, id } = job;
  if (estimatedSeconds === null || estimatedSeconds <= 0 || assignedNodeId === null) return false;
  const { auditTimeBounds, silenceSeconds } = context.config;
  const limits = { maximumBps: auditTimeBounds.maximumBps, graceMs: silenceSeconds * 1_000 };
  const timeoutMs = latestMs({ estimatedSeconds, done, agreed }, limits);
  if (((await workedMs(context.db, job)) ?? 0) <= timeoutMs) return false;
  const error = new CyxwizError("TIMED_OUT", { what: `Epoch ${done + 1} of job ${id}`, timeoutMs });
  return context.db.transaction(async (tx) => {
    if (await failOnWayBack(tx, id, error)) await queueReputation(context, tx, assignedNodeId, "JOB_TIMED_OUT");
    return true;
  });
}
