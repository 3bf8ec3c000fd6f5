import { CyxwizError } from "@cyxwiz/errors";
import type { Agreement } from "../jobs/agreement.ts";
import type { Job } from "../jobs/job.ts";
import type { Session } from "../sessions/session.ts";

/** The job that a session has sent, and what was agreed of it. Throws JOB_ILLEGAL_MOVE where there is none to command. */
export function jobOf(session: Session, event: string): { job: Job; agreement: Agreement } {
  const { job, agreement, jobId } = session;
  if (job && agreement) return { job, agreement };
  const waiting = session.gathering ? "waiting for its data" : "not sent yet";
  const from = session.endedAtMs === undefined ? waiting : "over";
  throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from, event });
}
