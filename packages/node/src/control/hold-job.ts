import { CyxwizError } from "@cyxwiz/errors";
import type { Position } from "../jobs/job-options.ts";
import type { Session } from "../sessions/session.ts";
import { jobOf } from "./job-of.ts";

/** Holds a session's job before its next step. Throws JOB_ILLEGAL_MOVE, NOT_POSSIBLE_NOW when it was held for too long. */
export function pauseJob(session: Session): Position {
  const { job } = jobOf(session, "pause");
  job.pause();
  return job.position;
}

/**
 * Lets a session's job go on from where it stands.
 *
 * @param checkpointPath must be empty: epochs follow one another in the hash chain, so there is no other place to go on from
 * @throws CyxwizError JOB_ILLEGAL_MOVE, INVALID_FIELD
 */
export function resumeJob(session: Session, checkpointPath = ""): Position {
  const { job } = jobOf(session, "resume");
  if (checkpointPath !== "") {
    const problem = "must be empty: training goes on from where it stands";
    throw new CyxwizError("INVALID_FIELD", { field: "checkpoint_path", problem });
  }
  job.resume();
  return job.position;
}
