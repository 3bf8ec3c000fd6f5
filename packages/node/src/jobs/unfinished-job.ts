import { rmdirSync, rmSync } from "node:fs";
import { CyxwizError } from "@cyxwiz/errors";
import { sha256Bulk, toHex } from "@cyxwiz/proof";
import { decodeState, type TrainingState } from "@cyxwiz/training";
import { isLast } from "../central-client/report.ts";
import { type JournalContent, readJournal } from "../central-client/report-journal.ts";
import { BatchExchange } from "../data/batch-exchange.ts";
import { checkStored, type StoredCheck } from "../data/check-stored.ts";
import type { Session } from "../sessions/session.ts";
import { datasetPath, jobDirectory, jobsOnDisk, namesIn, spoolPath } from "../states/job-directory.ts";
import { type JobEnd, type JobRecord, readJobRecord, writeJobRecord } from "../states/job-record.ts";
import { type KeepOptions, KeptJob } from "../states/kept-job.ts";
import { LinkHistory } from "../states/link-history.ts";
import { removeKept } from "../states/remove-kept.ts";
import { readState } from "../states/state-file.ts";
import type { StateStore } from "../states/state-store.ts";
import { describe } from "../util/log.ts";
import type { CheckedJob } from "./check-job.ts";
import type { ResumeFrom } from "./job-options.ts";
import { readOrders } from "./parameter-order.ts";
import { republish } from "./republish.ts";
import { UpdateHub } from "./update-hub.ts";

/** A job that an earlier run of this node was in the middle of. */
export interface UnfinishedJob {
  readonly kept: KeptJob;
  /** What it has told Central. */
  readonly journal: JournalContent;
}

/**
 * The job that an earlier run was in the middle of, if there is one: a node trains one at a time. What is left of any
 * other is put in order.
 */
export async function findUnfinished(keep: KeepOptions, nowMs: number): Promise<UnfinishedJob | undefined> {
  const open: { readonly record: JobRecord; readonly journal: JournalContent }[] = [];
  for (const jobId of jobsOnDisk(keep.dataDir)) {
    const record = readJobRecord(keep.dataDir, jobId);
    removeUnnamed(keep.dataDir, jobId, record);
    if (!record || record.ended) continue;
    const journal = readJournal(keep.dataDir, jobId);
    const last = journal.reports.find(isLast);
    if (!last) open.push({ record, journal });
    else if (last.type === "failed" && !last.cancelled) await removeKept(keep, jobId);
    else {
      // Killed between its last report and the note that it is over.
      const ended: JobEnd =
        last.type === "completed"
          ? { atMs: nowMs, phase: "completed", resultHash: last.resultHash }
          : { atMs: nowMs, phase: "cancelled" };
      writeJobRecord(keep.dataDir, { ...record, ended });
    }
  }
  open.sort((a, b) => b.record.beganAtSeconds - a.record.beganAtSeconds);
  for (const { record } of open.splice(1)) await removeKept(keep, record.jobId);
  return open[0] && { kept: KeptJob.reopen(keep, open[0].record), journal: open[0].journal };
}

/** Data that was on its way when the node was killed, or that no job was begun with yet, is of no use. */
function removeUnnamed(dataDir: string, jobId: string, record: JobRecord | undefined): void {
  rmSync(spoolPath(dataDir, jobId), { force: true });
  if (record) return;
  rmSync(datasetPath(dataDir, jobId), { force: true });
  const directory = jobDirectory(dataDir, jobId);
  // What else there is of the job keeps the directory.
  if (namesIn(directory).length === 0) rmdirSync(directory);
}

/** Its session, open to whoever had it, with what was told already. */
export function reopenSession({ kept }: UnfinishedJob, dataDir: string, maxSubscribers: number): Session {
  const { jobId, agreement, beganAtSeconds } = kept.record;
  const updates = new UpdateHub(jobId, { maxSubscribers, history: new LinkHistory(dataDir, jobId) });
  republish(updates, jobId, kept.known);
  return {
    jobId,
    agreement,
    updates,
    openedAtMs: beganAtSeconds * 1_000,
    next: Promise.withResolvers(),
    exchange: new BatchExchange(jobId),
    job: undefined,
    kept,
    weights: undefined,
    endedAtMs: undefined,
  };
}

/** All that training goes on with. Throws JOB_NOT_RESUMABLE. */
export async function reopenJob(
  { kept, journal }: UnfinishedJob,
  { dataDir, states, memoryBytes, signal }: KeepOptions & Pick<StoredCheck, "memoryBytes" | "signal">,
): Promise<{ readonly checked: CheckedJob; readonly resume: ResumeFrom }> {
  const { jobId, agreement, datasetSha256 } = kept.record;
  try {
    const { config } = agreement;
    const path = datasetPath(dataDir, jobId);
    const checked = await checkStored(path, { config, jobId, sha256: datasetSha256, memoryBytes, signal });
    const reportedEpochs = journal.reports.findLast((report) => report.type === "progress")?.epoch ?? 0;
    const resume = { state: await newestState(kept, states), orders: readOrders(dataDir, jobId), reportedEpochs };
    return { checked, resume };
  } catch (cause) {
    throw new CyxwizError("JOB_NOT_RESUMABLE", { jobId, problem: describe(cause) }, { cause });
  }
}

/** The newest stored state that the chain commits to; without one, training begins anew. */
async function newestState({ known, record }: KeptJob, states: StateStore): Promise<TrainingState | undefined> {
  for (const file of [...states.list(record.jobId)].reverse()) {
    const expected = known[file.epoch]?.stateHash;
    const bytes = await readState(file).catch(() => undefined);
    if (bytes && expected === toHex(await sha256Bulk(bytes))) return decodeState(bytes);
    await states.drop(record.jobId, file);
  }
  return undefined;
}
