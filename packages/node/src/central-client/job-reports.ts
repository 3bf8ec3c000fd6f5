import { describe } from "../util/log.ts";
import { Outbox } from "./outbox.ts";
import { isLast, type Report } from "./report.ts";
import type { ReportJournal } from "./report-journal.ts";
import { type ReportSender, sendReport } from "./send-report.ts";

/** All that Central is told of one job: written down, in order, and without loss. */
export class JobReports {
  readonly #sender: ReportSender;
  readonly #journal: ReportJournal;
  readonly #onFinished: () => void;
  readonly #beforeSending: () => Promise<void>;
  readonly #outbox: Outbox;

  constructor(
    options: ReportSender & {
      readonly journal: ReportJournal;
      /** Awaited before each report goes out. */
      readonly beforeSending?: () => Promise<void>;
      readonly signal: AbortSignal;
      /** The last report on this job was answered or refused. */
      readonly onFinished: () => void;
    },
  ) {
    const log = options.log.child({ jobId: options.jobId });
    this.#sender = { ...options, log };
    this.#journal = options.journal;
    this.#onFinished = options.onFinished;
    this.#beforeSending = options.beforeSending ?? (async () => {});
    this.#outbox = new Outbox({ backoff: options.backoff, signal: options.signal, log });
  }

  add(report: Report): void {
    this.#journal.append(report);
    this.#deliver(report);
  }

  /** Sends what is written down already. */
  resume(reports: readonly Report[]): void {
    for (const report of reports) this.#deliver(report);
  }

  /** Tries once more without delay; resolves when everything is answered, or nothing more can be. */
  flush(): Promise<void> {
    this.#outbox.retryNow();
    return this.#outbox.drained();
  }

  #deliver(report: Report): void {
    const finish = () => {
      if (!isLast(report)) return this.#journal.noteAnswer();
      this.#journal.remove();
      this.#onFinished();
    };
    const send = async (signal: AbortSignal) => {
      await this.#beforeSending();
      await sendReport(this.#sender, report, signal);
      if (!signal.aborted) finish();
    };
    this.#outbox.push(report.type, send, (error) => {
      this.#sender.onStop(describe(error));
      finish();
    });
  }
}
