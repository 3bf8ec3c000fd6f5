import { existsSync } from "node:fs";
import { CyxwizError } from "@cyxwiz/errors";
import type { JobConfig } from "@cyxwiz/protocol";
import { checkTerms } from "../jobs/check-job.ts";
import type { JobExecutor } from "../jobs/executor.ts";
import { jobIdBytes } from "../jobs/job-id.ts";
import type { ConnectOptions } from "../sessions/connect-client.ts";
import { openSession } from "../sessions/open-session.ts";
import { redeem, requireWork } from "../sessions/redeem.ts";
import type { Session } from "../sessions/session.ts";
import type { Logger } from "../util/log.ts";

export interface NextJobOptions extends ConnectOptions {
  readonly executor: JobExecutor;
  readonly log: Logger;
}

/** The job that is to follow on a session. */
export interface NextJob {
  /** May be left out where the config has it. */
  readonly jobId: string;
  readonly config: JobConfig | undefined;
  readonly connection: object | undefined;
  readonly engineAddress: string;
}

/**
 * Opens a session for the next job of the same wallet, to whoever has the session of its last one: with that job's token,
 * which Central has and the node redeems. Where it is over the same data as the last, it starts at once.
 *
 * @returns whether its data has to be sent
 * @throws CyxwizError INVALID_FIELD, NOT_POSSIBLE_NOW while the last job is on, NODE_BUSY, JOB_TERMS_MISMATCH, or why Central
 * does not give the job
 */
export async function startNextJob(
  options: NextJobOptions,
  previous: Session,
  next: NextJob,
): Promise<{ readonly session: Session; readonly dataNeeded: boolean }> {
  const { central, sessions, slot, environment, executor } = options;
  const jobId = next.jobId || (next.config?.jobId ?? "");
  if (jobId === "") throw new CyxwizError("INVALID_FIELD", { field: "job_id", problem: "is missing" });
  jobIdBytes(jobId);
  // Asked again because the answer was lost.
  if (previous.jobId === jobId) return { session: previous, dataNeeded: !previous.job && !previous.gathering };
  if (previous.endedAtMs === undefined || !previous.agreement) {
    const problem = previous.agreement
      ? `job ${previous.jobId} is still on`
      : "the session is of an earlier run; connect";
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what: "Starting the next job", problem });
  }
  const place = slot.take(central.registration.nodeId, previous.agreement.payerWallet);
  let session: Session;
  try {
    const agreement = requireWork(await redeem(central, { jobId, previousJobId: previous.jobId }));
    if (next.config) checkTerms(next.config, agreement, "sent");
    session = openSession(agreement, { ...options, nowMs: environment.nowMs() });
    sessions.follow(previous, session, next.connection);
    place.occupy(session);
  } catch (error) {
    place.release();
    throw error;
  }
  previous.next.resolve(session);
  return { session, dataNeeded: !(await startOnSameData(options, executor, { previous, session, next })) };
}

async function startOnSameData(
  { log }: NextJobOptions,
  executor: JobExecutor,
  { previous, session, next }: { previous: Session; session: Session; next: NextJob },
): Promise<boolean> {
  const { kept } = previous;
  const agreed = session.agreement?.config.datasetSha256;
  if (!kept || !agreed || kept.record.datasetSha256 !== agreed) return false;
  if (!existsSync(kept.datasetPath)) {
    log.debug({ jobId: session.jobId }, "the last job's data is not there any more");
    return false;
  }
  await executor.acceptOnSameData(session, kept.datasetPath, next.engineAddress);
  return true;
}
