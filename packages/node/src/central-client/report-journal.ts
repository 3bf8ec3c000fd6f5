import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, type Logger } from "../util/log.ts";
import { isLast, type Report } from "./report.ts";

const FILE = "reports.jsonl";

/**
 * What Central must hear of a job, one line a report, kept until the last of them is answered. A node that was killed
 * finds there what it still has to say. A disk that refuses costs this safety and nothing else.
 */
export class ReportJournal {
  readonly #directory: string;
  readonly #log: Logger;

  constructor(dataDir: string, jobId: string, log: Logger) {
    this.#directory = join(dataDir, "jobs", jobId);
    this.#log = log;
  }

  /** Written at once and in order; a few hundred bytes an epoch. */
  append(report: Report): void {
    try {
      mkdirSync(this.#directory, { recursive: true });
      appendFileSync(join(this.#directory, FILE), `${JSON.stringify(report)}\n`);
    } catch (error) {
      this.#log.warn({ problem: describe(error) }, "a report could not be written down");
    }
  }

  /** Everything is answered. */
  remove(): void {
    try {
      rmSync(join(this.#directory, FILE), { force: true });
    } catch (error) {
      this.#log.warn({ problem: describe(error) }, "the journal of reports could not be removed");
    }
  }
}

/**
 * The jobs that an earlier run of this node has left behind, with what is to be reported of each. One that was not
 * finished has failed: its training is lost.
 */
export function readLeftovers(dataDir: string): { jobId: string; reports: Report[] }[] {
  return listJobs(dataDir).flatMap((jobId) => {
    const reports = readReports(join(dataDir, "jobs", jobId, FILE));
    if (reports.length === 0) return [];
    if (!reports.some(isLast)) {
      const problem = "NODE_STOPPING: the node was restarted in the middle of the job";
      reports.push({ type: "failed", problem, cancelled: false, elapsedSeconds: 0 });
    }
    return [{ jobId, reports }];
  });
}

function listJobs(dataDir: string): string[] {
  try {
    return readdirSync(join(dataDir, "jobs"));
  } catch {
    return [];
  }
}

function readReports(path: string): Report[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const reports: Report[] = [];
  for (const line of text.split("\n")) {
    try {
      if (line !== "") reports.push(JSON.parse(line) as Report);
    } catch {
      // The line that was being written when the node was killed.
      break;
    }
  }
  return reports;
}
