import type { Backoff } from "@cyxwiz/chain";
import type { CentralClient } from "../central-client/central-client.ts";
import { JobReports } from "../central-client/job-reports.ts";
import { ReportJournal } from "../central-client/report-journal.ts";
import type { Wallet } from "../identity/wallet.ts";
import type { Session } from "../sessions/session.ts";
import type { Logger } from "../util/log.ts";
import { errorUpdate, toReportable } from "./updates.ts";

export interface ReportDeskOptions {
  readonly central: CentralClient;
  readonly wallet: Wallet;
  readonly dataDir: string;
  readonly backoff: Backoff;
  readonly nowMs: () => number;
  readonly nowSeconds: () => number;
  readonly log: Logger;
}

/** What Central has still to be told of this node's jobs. */
export class ReportDesk {
  readonly #options: ReportDeskOptions;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, JobReports>();

  /** @param signal gives up telling */
  constructor(options: ReportDeskOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** Jobs of which Central has not heard all. */
  jobIds(): Iterable<string> {
    return this.#open.keys();
  }

  /**
   * Opens the reports of a job.
   *
   * @param onStop told when Central wants the job stopped
   * @param session the job's, if it has one: links that it keeps are on the disk before they are reported
   */
  open(jobId: string, onStop: (reason: string) => void, session?: Session): JobReports {
    const { central, wallet, backoff, log, dataDir } = this.#options;
    const reports = new JobReports({
      journal: new ReportJournal(dataDir, jobId, log),
      central,
      jobId,
      wallet,
      backoff,
      // A link that was reported and then lost could not be made again.
      beforeSending: async () => session?.kept?.syncLinks(),
      signal: this.#signal,
      log,
      onStop,
      onFinished: () => this.#open.delete(jobId),
    });
    this.#open.set(jobId, reports);
    return reports;
  }

  /** Ends a job that never ran here: Central and whoever follows it are told why. */
  fail(session: Session, reports: JobReports, error: unknown, { cancelled = false } = {}): void {
    const { nowMs, nowSeconds } = this.#options;
    session.endedAtMs = nowMs();
    const { code, message } = toReportable(error);
    reports.add({ type: "failed", problem: `${code}: ${message}`, cancelled, elapsedSeconds: 0 });
    session.updates.publish(errorUpdate(session.jobId, nowSeconds(), error, 0));
  }

  /** Resolves when Central was told all, or the signal says that it is too late. */
  async flush(): Promise<void> {
    await Promise.all([...this.#open.values()].map((reports) => reports.flush()));
  }
}
