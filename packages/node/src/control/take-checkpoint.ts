import { CyxwizError } from "@cyxwiz/errors";
import type { TrainingCheckpoint } from "@cyxwiz/protocol";
import { checkpointWithWeights } from "../jobs/finished-epoch.ts";
import type { Session } from "../sessions/session.ts";
import { jobOf } from "./job-of.ts";

/** What every gRPC client takes in one message, with room for the rest of it. */
export const ANY_CLIENT_BYTES = 3 * 1024 * 1024;
/** What our own clients take. */
export const OUR_CLIENT_BYTES = 60 * 1024 * 1024;

/**
 * The newest checkpoint of a session's job, with the weights that belong to its hash: those at the end of the last
 * finished epoch, or the initial ones as epoch 0.
 *
 * @throws CyxwizError JOB_ILLEGAL_MOVE, NOT_POSSIBLE_NOW before training and after it, MESSAGE_TOO_LARGE
 */
export async function takeCheckpoint(session: Session, limitBytes: number): Promise<TrainingCheckpoint> {
  const { job } = jobOf(session, "request_checkpoint");
  const { finished, phase } = job;
  if (!finished) {
    const problem = `the job is ${phase}${phase === "completed" ? "; download its weights" : ""}`;
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what: "A checkpoint", problem });
  }
  return checkpointWithWeights(finished, limitBytes);
}
