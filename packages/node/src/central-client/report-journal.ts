import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { jobDirectory } from "../states/job-directory.ts";
import { describe, type Logger } from "../util/log.ts";
import type { Report } from "./report.ts";

const FILE = "reports.jsonl";
const ANSWERED = { type: "answered" } as const;

/**
 * What Central must hear of a job, one line a report, kept until the last of them is answered. A node that was killed
 * finds there what it still has to say. A disk that refuses costs this safety and nothing else.
 */
export class ReportJournal {
  readonly #directory: string;
  readonly #log: Logger;

  constructor(dataDir: string, jobId: string, log: Logger) {
    this.#directory = jobDirectory(dataDir, jobId);
    this.#log = log;
  }

  /** Written at once and in order; a few hundred bytes an epoch. */
  append(report: Report): void {
    this.#write(report);
  }

  /** Central has answered the next report, so that it need not be sent again after a restart. */
  noteAnswer(): void {
    this.#write(ANSWERED);
  }

  /** Everything is answered. */
  remove(): void {
    try {
      rmSync(join(this.#directory, FILE), { force: true });
    } catch (error) {
      this.#log.warn({ problem: describe(error) }, "the journal of reports could not be removed");
    }
  }

  #write(line: Report | typeof ANSWERED): void {
    try {
      mkdirSync(this.#directory, { recursive: true });
      appendFileSync(join(this.#directory, FILE), `${JSON.stringify(line)}\n`);
    } catch (error) {
      this.#log.warn({ problem: describe(error) }, "a report could not be written down");
    }
  }
}

/** What an earlier run of this node has written down about a job, in order. */
export interface JournalContent {
  readonly reports: readonly Report[];
  /** So many of them, from the first on, are answered. */
  readonly answered: number;
}

/** Reads a job's journal; empty where there is none. */
export function readJournal(dataDir: string, jobId: string): JournalContent {
  const path = join(jobDirectory(dataDir, jobId), FILE);
  const lines = parseLines(path);
  const reports = lines.filter((line): line is Report => line.type !== "answered");
  return { reports, answered: Math.min(lines.length - reports.length, reports.length) };
}

function parseLines(path: string): (Report | typeof ANSWERED)[] {
  const text = readText(path);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  // The line that was being written when the node was killed: what comes next starts a new one.
  if (whole !== text) truncateSync(path, Buffer.byteLength(whole));
  const lines: (Report | typeof ANSWERED)[] = [];
  for (const line of whole.split("\n").slice(0, -1)) {
    try {
      lines.push(JSON.parse(line) as Report | typeof ANSWERED);
    } catch {
      break;
    }
  }
  return lines;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
