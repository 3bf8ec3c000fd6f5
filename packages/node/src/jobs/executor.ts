import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import type { JobReports } from "../central-client/job-reports.ts";
import { isLast } from "../central-client/report.ts";
import { readJournal } from "../central-client/report-journal.ts";
import type { EscrowOnChain } from "../chain/node-chain.ts";
import type { DataOptions } from "../data/data-options.ts";
import { originOf } from "../data/dataset-source.ts";
import { type AwaitedOrigin, describeOrigin, gatherDataset } from "../data/gather-dataset.ts";
import type { Session } from "../sessions/session.ts";
import { jobsOnDisk } from "../states/job-directory.ts";
import { KeptJob } from "../states/kept-job.ts";
import { removeKept } from "../states/remove-kept.ts";
import { describe } from "../util/log.ts";
import type { Agreement } from "./agreement.ts";
import { type CheckedJob, checkDatasetHash, checkTerms, isHopeless } from "./check-job.ts";
import { Gathering } from "./gathering.ts";
import { JobRunner, type JobRunnerOptions } from "./job-runner.ts";
import { type ReceiveOptions, readAgreedEscrow, receiveJob, type SentJob } from "./receive-job.ts";
import { ReportDesk, type ReportDeskOptions } from "./report-desk.ts";
import { findUnfinished, reopenJob, reopenSession, type UnfinishedJob } from "./unfinished-job.ts";
import { logUpdate } from "./updates.ts";

const RECEIVE_TIMEOUT_MS = 30_000;

export interface ExecutorOptions
  extends ReceiveOptions,
    Omit<JobRunnerOptions, "weightsUrl">,
    Omit<ReportDeskOptions, "dataDir"> {
  readonly data: DataOptions;
  /** Whether jobs that run when the node is stopped are left for its next start, or given up. */
  readonly onStop: "resume" | "fail";
  readonly maxSubscribers: number;
  /** `host:port` that clients connect to. */
  readonly endpoint: () => string;
}

interface Unfinished {
  readonly job: UnfinishedJob;
  readonly session: Session;
  readonly taken: () => void;
  /** Why Central has called it off before it ran again. */
  unwanted?: string;
}

/** What a job is begun with. */
interface Beginning {
  readonly agreement: Agreement;
  readonly checked: CheckedJob;
  readonly escrow: EscrowOnChain;
  readonly reports: JobReports;
}

/** Takes jobs in and has them run; knows which are under way and which are not yet reported. */
export class JobExecutor {
  readonly #options: ExecutorOptions;
  readonly #runner: JobRunner;
  readonly #desk: ReportDesk;
  readonly #gathering = new Map<string, Gathering>();
  readonly #closing = new AbortController();
  readonly #accepting = new WeakMap<Session, Promise<void>>();
  /** The job that an earlier run was in the middle of, until it runs again. */
  #unfinished: Unfinished | undefined;
  #stopping = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#runner = new JobRunner({ ...options, weightsUrl: (jobId) => this.weightsUrl(jobId) });
    this.#desk = new ReportDesk({ ...options, dataDir: options.keep.dataDir }, this.#closing.signal);
  }

  /** Jobs that Central should count as this node's, by id. */
  activeJobs(): string[] {
    const waiting = this.#unfinished ? [this.#unfinished.session.jobId] : [];
    const running = this.#runner.all().map(({ id }) => id);
    return [...new Set([...waiting, ...running, ...this.#gathering.keys(), ...this.#desk.jobIds()])];
  }

  /** Of these, those that their engines hold, or whose data is on its way. */
  pausedJobs(): string[] {
    const paused = this.#runner.all().filter(({ phase }) => phase === "paused");
    return [...this.#gathering.keys(), ...paused.map(({ id }) => id)];
  }

  /**
   * Accepts a session's job, or throws why not, and starts it: at once where its data came with it, else when that is
   * there. A job whose own agreed content is at fault is reported to Central as failed; after any other refusal the client
   * may send again. So it may when an answer was lost: a job that is on already is accepted once more, if it is the same.
   */
  async accept(session: Session, request: SentJob, engineAddress: string): Promise<void> {
    const { jobId, agreement } = session;
    await this.#accepting.get(session)?.catch(() => undefined);
    if ((session.job || session.gathering) && agreement) {
      if (request.config) checkTerms(request.config, agreement, "sent");
      // Where it waits for its data, that is checked when it is there.
      if (session.job && request.initialDataset.length > 0) {
        await checkDatasetHash(request.initialDataset, session.job.datasetSha256, jobId);
      }
      return;
    }
    if (session.endedAtMs !== undefined || !agreement) {
      throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from: "over", event: "SendJob" });
    }
    if (request.config) checkTerms(request.config, agreement, "sent");
    const { datasetUri: agreedUri, datasetSha256: agreedSha256 } = agreement.config;
    const origin = originOf({ ...request, agreedUri, agreedSha256 });
    const accepting =
      origin.kind === "sent"
        ? this.#receive(session, agreement, origin.bytes, engineAddress)
        : this.#await(session, agreement, origin, engineAddress);
    this.#accepting.set(session, accepting);
    try {
      await accepting;
    } catch (error) {
      if (isHopeless(error, agreement.config))
        this.#desk.fail(
          session,
          this.#desk.open(jobId, () => undefined),
          error,
        );
      throw error;
    } finally {
      this.#accepting.delete(session);
    }
  }

  /** Starts a session's job on the data of the last one, which this node has. */
  async acceptOnSameData(session: Session, path: string, engineAddress: string): Promise<void> {
    if (!session.agreement) throw new CyxwizError("INTERNAL", { what: "a job without terms was to start" });
    await this.#await(session, session.agreement, { kind: "kept", path }, engineAddress);
  }

  /** Where a job's weights can be fetched from. */
  weightsUrl(jobId: string): string {
    return `https://${this.#options.endpoint()}/jobs/${jobId}/weights`;
  }

  /** Whoever has a session with a running job has it after the next start as well. */
  keepTokens(session: Session): void {
    if (session.endedAtMs === undefined) session.kept?.setTokenHashes(this.#options.sessions.tokenHashes(session));
  }

  /**
   * Opens the session of the job that an earlier run was in the middle of, so that its client does not find itself
   * unknown. Then {@link resume} goes on with the job.
   */
  async restore(): Promise<void> {
    const { keep, sessions, slot, maxSubscribers, nowMs } = this.#options;
    const job = await findUnfinished(keep, nowMs());
    if (!job) return;
    const session = reopenSession(job, keep.dataDir, maxSubscribers);
    sessions.restore(session, job.kept.record.tokenHashes);
    slot.take("").occupy(session);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#accepting.set(session, promise);
    this.#unfinished = { job, session, taken: resolve };
  }

  /** Goes on with what an earlier run had to report, and with the job that it was in the middle of. */
  async resume(): Promise<void> {
    const { keep, log } = this.#options;
    const unfinished = this.#unfinished;
    for (const jobId of jobsOnDisk(keep.dataDir)) {
      const { reports, answered } = readJournal(keep.dataDir, jobId);
      if (jobId === unfinished?.session.jobId || reports.length === 0) continue;
      const left = reports.slice(answered);
      log.info({ jobId, reports: left.length }, "reporting what an earlier run left");
      const open = this.#desk.open(jobId, () => undefined);
      open.resume(left);
      if (reports.some(isLast)) continue;
      const problem = "NODE_STOPPING: the node was restarted in the middle of the job";
      open.add({ type: "failed", problem, cancelled: false, elapsedSeconds: 0 });
    }
    if (!unfinished) return;
    await this.#resume(unfinished.job, unfinished.session);
    this.#unfinished = undefined;
    const { session, taken, unwanted } = unfinished;
    if (unwanted !== undefined) this.cancel([session.jobId], unwanted);
    taken();
  }

  async #resume(job: UnfinishedJob, session: Session): Promise<void> {
    const { kept, journal } = job;
    const { jobId, nonce } = kept.record;
    const reports = this.#reportsOf(session);
    reports.resume(journal.reports.slice(journal.answered));
    try {
      const { keep, data } = this.#options;
      const { checked, resume } = await reopenJob(job, { ...keep, ...data, signal: this.#closing.signal });
      this.#runner.run(session, { checked, nonce, reports, kept, resume });
    } catch (error) {
      this.#options.log.error({ jobId, problem: describe(error) }, "the job cannot be resumed");
      this.#desk.fail(session, reports, error);
      await kept.end({ atMs: this.#options.nowMs(), phase: "failed" });
    }
  }

  /** Stops jobs that Central no longer wants. */
  cancel(jobIds: readonly string[], reason: string): void {
    for (const jobId of jobIds) {
      const error = new CyxwizError("ABORTED", { what: `The job (${reason})` });
      if (this.#unfinished?.session.jobId === jobId) this.#unfinished.unwanted = reason;
      this.#gathering.get(jobId)?.stop({ error, cancelled: true });
      // The payer pays for what is done, so it is kept for them.
      this.#runner.find(jobId)?.stop(error, { cancelled: true, savePartial: true });
    }
  }

  /** Stops what runs, for good or until the next start, and lets Central be told for `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#stopping = true;
    const nodeId = this.#options.central.registration.nodeId;
    const error = new CyxwizError("NODE_STOPPING", { nodeId });
    const gathering = [...this.#gathering.values()];
    for (const waiting of gathering) waiting.stop({ error, cancelled: false });
    await Promise.all(gathering.map((waiting) => waiting.ended));
    const jobs = this.#runner.all();
    for (const job of jobs) {
      if (this.#options.onStop === "resume" && job.resumable) job.suspend();
      else job.stop(error, { cancelled: false });
    }
    await Promise.all(jobs.map((job) => job.ended));
    await this.#runner.settled();
    const timer = setTimeout(() => this.#closing.abort(), graceMs);
    await this.#desk.flush();
    clearTimeout(timer);
    this.#closing.abort();
  }

  async #receive(session: Session, agreement: Agreement, dataset: Uint8Array, engineAddress: string): Promise<void> {
    this.#assertPlace(session);
    const { checked, escrow } = await receiveJob(this.#options, agreement, dataset, this.#receiveSignal());
    this.#assertPlace(session);
    const reports = this.#accepted(session, engineAddress);
    const kept = this.#begin(session, { agreement, checked, escrow, reports });
    // A client that hears "accepted" need not send again, whatever happens to this process.
    await kept.keepDataset(dataset);
  }

  /** Takes a job whose data is still to come: what can be checked without it holds when this resolves. */
  async #await(session: Session, agreement: Agreement, origin: AwaitedOrigin, engineAddress: string): Promise<void> {
    const { keep, data, nowSeconds, log } = this.#options;
    const { jobId, config } = agreement;
    const { dataDir } = keep;
    const { exchange } = session;
    this.#assertPlace(session);
    const escrow = await readAgreedEscrow(this.#options, agreement, this.#receiveSignal());
    this.#assertPlace(session);
    const reports = this.#accepted(session, engineAddress);
    const say = (message: string) => {
      log.info({ jobId }, message);
      session.updates.publish(logUpdate(jobId, nowSeconds(), "INFO", message));
    };
    const source = describeOrigin(origin);
    say(`The data set is on its way: ${source}.`);
    const gathering = new Gathering({
      gather: (signal) => gatherDataset(origin, { dataDir, jobId, config, data, exchange, signal }),
      onReady: (checked) => {
        say("The data set is here, and is the agreed one.");
        this.#begin(session, { agreement, checked, escrow, reports }).datasetIsKept();
      },
      onFailed: async (error, cancelled) => {
        await removeKept(keep, jobId);
        log.warn({ jobId, problem: describe(error) }, "a job's data could not be had");
        // That its client names no good data is no failure of the node.
        this.#desk.fail(session, reports, error, { cancelled: cancelled || !isOwnFault(error) });
      },
    });
    session.gathering = gathering;
    this.#gathering.set(jobId, gathering);
    void gathering.ended.then(() => {
      session.gathering = undefined;
      this.#gathering.delete(jobId);
    });
  }

  #begin(session: Session, { agreement, checked, escrow, reports }: Beginning): KeptJob {
    const { nowSeconds, keep, sessions } = this.#options;
    const { nonce } = escrow;
    const kept = KeptJob.begin(keep, {
      jobId: agreement.jobId,
      agreement,
      nonce,
      datasetSha256: toHex(checked.datasetHash),
      tokenHashes: sessions.tokenHashes(session),
      beganAtSeconds: nowSeconds(),
    });
    this.#runner.run(session, { checked, nonce, reports, kept });
    return kept;
  }

  /** Tells Central that the node has the job. */
  #accepted(session: Session, engineAddress: string): JobReports {
    const { endpoint, nowSeconds } = this.#options;
    const reports = this.#reportsOf(session);
    reports.add({ type: "accepted", atSeconds: nowSeconds(), nodeEndpoint: endpoint(), engineAddress });
    return reports;
  }

  #reportsOf(session: Session): JobReports {
    return this.#desk.open(session.jobId, (reason) => this.cancel([session.jobId], reason), session);
  }

  #assertPlace(session: Session): void {
    const { nodeId } = this.#options.central.registration;
    if (this.#stopping) throw new CyxwizError("NODE_STOPPING", { nodeId });
    if (!this.#options.slot.isHeldBy(session)) throw new CyxwizError("NODE_BUSY", { nodeId });
  }

  // Not the call's own signal: if its connection breaks, the client sends again and finds the work done.
  #receiveSignal(): AbortSignal {
    return AbortSignal.any([this.#closing.signal, AbortSignal.timeout(RECEIVE_TIMEOUT_MS)]);
  }
}

/** What a client cannot help. */
function isOwnFault(error: unknown): boolean {
  return (
    !isCyxwizError(error) ||
    isCyxwizError(error, "STORAGE_FAILED") ||
    isCyxwizError(error, "NODE_STOPPING") ||
    isCyxwizError(error, "INTERNAL")
  );
}
