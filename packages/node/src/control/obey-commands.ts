import { create } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import { type JobConfig, type TrainingCommand, type TrainingUpdate, TrainingUpdateSchema } from "@cyxwiz/protocol";
import type { Channel } from "../data/batch-exchange.ts";
import type { Subscription } from "../jobs/update-hub.ts";
import { logUpdate, refusalUpdate } from "../jobs/updates.ts";
import type { JobSlot } from "../sessions/job-slot.ts";
import type { Session } from "../sessions/session.ts";
import { changeParameters } from "./change-parameters.ts";
import { pauseJob, resumeJob } from "./hold-job.ts";
import { jobOf } from "./job-of.ts";
import { ANY_CLIENT_BYTES, takeCheckpoint } from "./take-checkpoint.ts";

type Command = TrainingCommand["command"];

/** A stream that commands come on. */
export interface CommandedStream {
  /** What it shows now: from job to job another session. */
  readonly current: () => { readonly session: Session; readonly answers: Pick<Subscription, "push"> };
  readonly slot: JobSlot;
  readonly startNext: (previous: Session, config: JobConfig) => Promise<{ readonly dataNeeded: boolean }>;
  readonly nowSeconds: () => number;
}

/**
 * Obeys the commands that come on a stream, one after the other, as the calls of their own would. What is answered goes to
 * the stream that asked: a refusal as an error that training survives.
 */
export async function obeyCommands(commands: AsyncIterable<TrainingCommand>, stream: CommandedStream): Promise<void> {
  const { nowSeconds } = stream;
  for await (const { command } of commands) {
    const { session, answers } = stream.current();
    try {
      if (takeData(session, command, answers)) continue;
      const answer = await obey(session, command, stream);
      if (answer) answers.push(answer);
    } catch (error) {
      answers.push(refusalUpdate(session.jobId, nowSeconds(), error, session.job?.position.epoch ?? 0));
    }
  }
}

/** Answers to what the node has asked for; true if it was one. */
function takeData({ exchange }: Session, command: Command, from: Channel): boolean {
  if (command.case === "datasetInfoResponse" && exchange.isOpen) exchange.answerInfo(from, command.value);
  else if (command.case === "batchResponse" && exchange.isOpen) exchange.answerBatch(command.value);
  else return false;
  return true;
}

function stopJob(session: Session): void {
  const error = new CyxwizError("ABORTED", { what: "Training" });
  if (session.gathering) session.gathering.stop({ error, cancelled: true });
  else jobOf(session, "stop").job.stop(error, { cancelled: true });
}

async function obey(
  session: Session,
  command: Command,
  { nowSeconds, slot, startNext }: CommandedStream,
): Promise<TrainingUpdate | undefined> {
  const { jobId } = session;
  switch (command.case) {
    case "pause":
      // Existing engines resume by "pause = false".
      if (command.value) pauseJob(session);
      else resumeJob(session);
      return undefined;
    case "resume":
      if (command.value) resumeJob(session);
      return undefined;
    case "stop":
      if (command.value) stopJob(session);
      return undefined;
    case "requestCheckpoint": {
      if (!command.value) return undefined;
      const value = await takeCheckpoint(session, ANY_CLIENT_BYTES);
      const timestamp = BigInt(nowSeconds());
      return create(TrainingUpdateSchema, { jobId, timestamp, update: { case: "checkpoint", value } });
    }
    case "updateParams":
      await changeParameters(session, command.value);
      return undefined;
    case "newJobConfig": {
      const { dataNeeded } = await startNext(session, command.value);
      return dataNeeded ? logUpdate(command.value.jobId, nowSeconds(), "INFO", "Send its data by SendJob.") : undefined;
    }
    case "reservationEnd":
      if (command.value) slot.release(session);
      return undefined;
    case undefined:
      return undefined;
    default: {
      const what = `The command "${command.case}"`;
      throw new CyxwizError("NOT_POSSIBLE_NOW", { what, problem: "the node has not asked for data" });
    }
  }
}
