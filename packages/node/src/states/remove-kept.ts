import { rmdirSync, rmSync } from "node:fs";
import { removeOrders } from "../jobs/parameter-order.ts";
import { describe, type Logger } from "../util/log.ts";
import { datasetPath, jobDirectory, jobsOnDisk, namesIn } from "./job-directory.ts";
import { readJobRecord, removeJobRecord } from "./job-record.ts";
import { LinkJournal } from "./link-journal.ts";
import type { StateStore } from "./state-store.ts";

interface Kept {
  readonly dataDir: string;
  readonly states: StateStore;
  readonly log: Logger;
}

/** Removes all that a `KeptJob` has written; never rejects. */
export async function removeKept({ dataDir, states, log }: Kept, jobId: string): Promise<void> {
  try {
    // The record goes last: as long as it is there, the next attempt finds the rest.
    await states.remove(jobId);
    rmSync(datasetPath(dataDir, jobId), { force: true });
    new LinkJournal(dataDir, jobId).remove();
    removeOrders(dataDir, jobId);
    removeJobRecord(dataDir, jobId);
    const directory = jobDirectory(dataDir, jobId);
    // What else there is of the job keeps the directory.
    if (namesIn(directory).length === 0) rmdirSync(directory);
  } catch (error) {
    log.warn({ jobId, problem: describe(error) }, "what was kept of a job could not be removed");
  }
}

/** Removes what is kept of the jobs that ended before a time: nobody may doubt them any more. Gives their ids. */
export async function removeKeptBefore(kept: Kept, timeMs: number): Promise<string[]> {
  const over = jobsOnDisk(kept.dataDir).filter((jobId) => {
    const ended = readJobRecord(kept.dataDir, jobId)?.ended;
    return ended !== undefined && ended.atMs < timeMs;
  });
  for (const jobId of over) await removeKept(kept, jobId);
  return over;
}
