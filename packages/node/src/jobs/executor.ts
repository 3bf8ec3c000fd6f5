import type { Backoff } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import type { TrainingUpdate } from "@cyxwiz/protocol";
import type { CentralClient } from "../central-client/central-client.ts";
import { JobReports } from "../central-client/job-reports.ts";
import { isLast } from "../central-client/report.ts";
import { ReportJournal, readJournal } from "../central-client/report-journal.ts";
import { startOnChain } from "../chain/start-on-chain.ts";
import type { Wallet } from "../identity/wallet.ts";
import type { JobSlot } from "../sessions/job-slot.ts";
import type { Session } from "../sessions/session.ts";
import { archiveSession } from "../sessions/session-archive.ts";
import type { SessionStore } from "../sessions/session-store.ts";
import { jobsOnDisk } from "../states/job-directory.ts";
import { type KeepOptions, KeptJob } from "../states/kept-job.ts";
import { describe, type Logger } from "../util/log.ts";
import type { StoredWeights, WeightsStore } from "../weights/weights-store.ts";
import type { Agreement } from "./agreement.ts";
import { type CheckedJob, checkDatasetHash, checkTerms, isHopeless } from "./check-job.ts";
import { Job } from "./job.ts";
import type { JobOptions } from "./job-options.ts";
import { type KeptProof, keepProof } from "./kept-proof.ts";
import { keepOrder, type ParameterOrder } from "./parameter-order.ts";
import { type Received, type ReceiveOptions, receiveJob, type SentJob } from "./receive-job.ts";
import { findUnfinished, reopenJob, reopenSession, type UnfinishedJob } from "./unfinished-job.ts";
import { errorUpdate, toReportable } from "./updates.ts";

const RECEIVE_TIMEOUT_MS = 30_000;

export interface ExecutorOptions extends ReceiveOptions {
  readonly central: CentralClient;
  readonly wallet: Wallet;
  readonly weights: WeightsStore;
  readonly keep: KeepOptions;
  /** Whether jobs that run when the node is stopped are left for its next start, or given up. */
  readonly onStop: "resume" | "fail";
  readonly maxSubscribers: number;
  readonly sessions: SessionStore;
  readonly slot: JobSlot;
  /** `host:port` that clients connect to. */
  readonly endpoint: () => string;
  readonly nowMs: () => number;
  /** For how long a job may be paused, all in all. */
  readonly maxPausedMs: number;
  /** For how long the place is kept at most for the next job of a client that asked for it. */
  readonly maxReservationMs: number;
  readonly backoff: Backoff;
  readonly log: Logger;
}

/** Takes jobs in and runs them; knows which are under way and which are not yet reported. */
export class JobExecutor {
  readonly #options: ExecutorOptions;
  readonly #running = new Map<string, Job>();
  readonly #unreported = new Map<string, JobReports>();
  readonly #closed = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #accepting = new WeakMap<Session, Promise<void>>();
  #unfinished: { readonly job: UnfinishedJob; readonly session: Session; readonly taken: () => void } | undefined;
  #stopping = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** Jobs that Central should count as this node's, by id. */
  activeJobs(): string[] {
    const waiting = this.#unfinished ? [this.#unfinished.session.jobId] : [];
    return [...new Set([...waiting, ...this.#running.keys(), ...this.#unreported.keys()])];
  }

  /**
   * Accepts a session's job and starts it, or throws why not. A job whose own agreed content is at fault is reported
   * to Central as failed; after any other refusal the client may send again. So it may when an answer was lost: a job
   * that is on already is accepted once more, if it is the same.
   */
  async accept(session: Session, request: SentJob, engineAddress: string): Promise<void> {
    const { jobId, agreement } = session;
    await this.#accepting.get(session)?.catch(() => undefined);
    if (session.job && agreement) {
      if (request.config) checkTerms(request.config, agreement, "sent");
      await checkDatasetHash(request.initialDataset, session.job.datasetSha256, jobId);
      return;
    }
    if (session.endedAtMs !== undefined || !agreement) {
      throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from: "over", event: "SendJob" });
    }
    const accepting = this.#receive(session, agreement, request, engineAddress);
    this.#accepting.set(session, accepting);
    try {
      await accepting;
    } catch (error) {
      if (isHopeless(error, agreement.config)) this.#giveUp(session, error);
      throw error;
    } finally {
      this.#accepting.delete(session);
    }
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
    this.#unfinished = undefined;
    for (const jobId of jobsOnDisk(keep.dataDir)) {
      const { reports, answered } = readJournal(keep.dataDir, jobId);
      if (jobId === unfinished?.session.jobId || reports.length === 0) continue;
      const left = reports.slice(answered);
      log.info({ jobId, reports: left.length }, "reporting what an earlier run left");
      const open = this.#reportsOf(jobId, () => undefined);
      open.resume(left);
      if (reports.some(isLast)) continue;
      const problem = "NODE_STOPPING: the node was restarted in the middle of the job";
      open.add({ type: "failed", problem, cancelled: false, elapsedSeconds: 0 });
    }
    if (!unfinished) return;
    await this.#resume(unfinished.job, unfinished.session);
    unfinished.taken();
  }

  async #resume(job: UnfinishedJob, session: Session): Promise<void> {
    const { kept, journal } = job;
    const { jobId, nonce } = kept.record;
    const reports = this.#reportsOf(jobId, (reason) => this.cancel([jobId], reason), kept);
    reports.resume(journal.reports.slice(journal.answered));
    try {
      const { checked, resume } = await reopenJob(job, this.#options.keep);
      this.#run(session, { checked, nonce, reports, kept, resume });
    } catch (error) {
      this.#options.log.error({ jobId, problem: describe(error) }, "the job cannot be resumed");
      this.#fail(session, reports, error);
      await kept.end({ atMs: this.#options.nowMs(), phase: "failed" });
    }
  }

  /** Stops jobs that Central no longer wants. */
  cancel(jobIds: readonly string[], reason: string): void {
    for (const jobId of jobIds) {
      const error = new CyxwizError("ABORTED", { what: `The job (${reason})` });
      // The payer pays for what is done, so it is kept for them.
      this.#running.get(jobId)?.stop(error, { cancelled: true, savePartial: true });
    }
  }

  /** Stops what runs, for good or until the next start, and lets Central be told for `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#stopping = true;
    const nodeId = this.#options.central.registration.nodeId;
    const jobs = [...this.#running.values()];
    for (const job of jobs) {
      if (this.#options.onStop === "resume" && job.resumable) job.suspend();
      else job.stop(new CyxwizError("NODE_STOPPING", { nodeId }), { cancelled: false });
    }
    await Promise.all(jobs.map((job) => job.ended));
    await Promise.all([...this.#closed]);
    const reports = [...this.#unreported.values()].map((open) => open.flush());
    const timer = setTimeout(() => this.#closing.abort(), graceMs);
    await Promise.all(reports);
    clearTimeout(timer);
    this.#closing.abort();
  }

  async #receive(session: Session, agreement: Agreement, request: SentJob, engineAddress: string): Promise<void> {
    const { slot, central } = this.#options;
    const { nodeId } = central.registration;
    const assertPlace = () => {
      if (this.#stopping) throw new CyxwizError("NODE_STOPPING", { nodeId });
      if (!slot.isHeldBy(session)) throw new CyxwizError("NODE_BUSY", { nodeId });
    };
    assertPlace();
    // Not the call's own signal: if its connection breaks, the client sends again and finds the work done.
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(RECEIVE_TIMEOUT_MS)]);
    const received = await receiveJob(this.#options, agreement, request, signal);
    assertPlace();
    const kept = this.#start(session, agreement, received, engineAddress);
    // A client that hears "accepted" need not send again, whatever happens to this process.
    await kept.keepDataset(request.initialDataset);
  }

  #start(session: Session, agreement: Agreement, received: Received, engineAddress: string): KeptJob {
    const { endpoint, nowSeconds, keep, sessions } = this.#options;
    const { jobId } = agreement;
    const { checked, escrow } = received;
    const { nonce } = escrow;
    const kept = KeptJob.begin(keep, {
      jobId,
      agreement,
      nonce,
      datasetSha256: toHex(checked.datasetHash),
      tokenHashes: sessions.tokenHashes(session),
      beganAtSeconds: nowSeconds(),
    });
    const reports = this.#reportsOf(jobId, (reason) => this.cancel([jobId], reason), kept);
    reports.add({ type: "accepted", atSeconds: nowSeconds(), nodeEndpoint: endpoint(), engineAddress });
    this.#run(session, { checked, nonce, reports, kept });
    return kept;
  }

  #run(
    session: Session,
    run: Pick<JobOptions, "reports" | "kept" | "resume"> & { readonly checked: CheckedJob; readonly nonce: bigint },
  ): void {
    const { chain, weights, log, nowSeconds, nowMs, backoff } = this.#options;
    const { nonce, kept } = run;
    const { agreement } = kept.record;
    const { dataset, ...checked } = run.checked;
    const options: JobOptions = {
      ...run,
      agreement,
      checked,
      updates: session.updates,
      weights,
      startOnChain: (signal) => startOnChain({ chain, log, backoff, nonce, escrow: agreement.escrowAddress }, signal),
      onCompleted: (stored, complete, checkpoints) => {
        session.weights = stored;
        this.#keepPlace(session, agreement);
        this.#archive(session, stored, complete);
        const use = { escrow: agreement.escrowAddress, nonce: nonce.toString() };
        this.#keepProof(session.jobId, {
          version: 1,
          ...use,
          checkpoints: [...checkpoints],
          resultHash: stored.sha256,
        });
      },
      onPartial: (stored, end) => {
        session.weights = stored;
        this.#archive(session, stored, end);
      },
      onOrder: (order) => this.#keepOrder(kept, order),
      weightsUrl: () => this.weightsUrl(agreement.jobId),
      nowSeconds,
      nowMs,
      maxPausedMs: this.#options.maxPausedMs,
      log,
    };
    const job = new Job(options, dataset);
    session.job = job;
    session.kept = kept;
    this.#running.set(job.id, job);
    const closed = job.ended.then(async () => {
      session.endedAtMs = nowMs();
      this.#running.delete(job.id);
      const { phase } = job;
      if (phase === "completed" || phase === "failed" || phase === "cancelled") {
        const resultHash = phase === "completed" ? session.weights?.sha256 : undefined;
        await kept.end({ atMs: nowMs(), phase, resultHash });
      } else await kept.settled();
      this.#closed.delete(closed);
    });
    this.#closed.add(closed);
  }

  // Before anybody hears of the end, so that nobody comes between.
  #keepPlace(session: Session, { config, payerWallet: wallet }: Agreement): void {
    const forMs = Math.min(config.reservationDurationMinutes * 60_000, this.#options.maxReservationMs);
    if (forMs > 0) this.#options.slot.keep(session, { wallet, forMs });
  }

  #archive(session: Session, weights: StoredWeights, end: TrainingUpdate): void {
    const { keep, sessions, nowMs, log } = this.#options;
    const { jobId } = session;
    try {
      const tokenHashes = sessions.tokenHashes(session);
      archiveSession(keep.dataDir, { jobId, tokenHashes, endedAtMs: nowMs(), weights, end });
    } catch (error) {
      log.warn({ jobId, problem: describe(error) }, "the session could not be kept for after a restart");
    }
  }

  // Should Central never pay, the node can claim its pay with this.
  #keepProof(jobId: string, proof: KeptProof): void {
    try {
      keepProof(this.#options.keep.dataDir, jobId, proof);
    } catch (error) {
      this.#options.log.warn({ jobId, problem: describe(error) }, "the proof could not be kept");
    }
  }

  #keepOrder(kept: KeptJob, order: ParameterOrder): void {
    try {
      keepOrder(this.#options.keep.dataDir, kept.record.jobId, order);
    } catch (error) {
      // Without it, nobody could train the same again.
      void kept.giveUp(error);
    }
  }

  #giveUp(session: Session, error: unknown): void {
    this.#fail(
      session,
      this.#reportsOf(session.jobId, () => undefined),
      error,
    );
  }

  #fail(session: Session, reports: JobReports, error: unknown): void {
    const { nowMs, nowSeconds } = this.#options;
    session.endedAtMs = nowMs();
    const { code, message } = toReportable(error);
    reports.add({ type: "failed", problem: `${code}: ${message}`, cancelled: false, elapsedSeconds: 0 });
    session.updates.publish(errorUpdate(session.jobId, nowSeconds(), error, 0));
  }

  #reportsOf(jobId: string, onStop: (reason: string) => void, kept?: KeptJob): JobReports {
    const { central, wallet, backoff, log, keep } = this.#options;
    const reports = new JobReports({
      journal: new ReportJournal(keep.dataDir, jobId, log),
      central,
      jobId,
      wallet,
      backoff,
      // A link that was reported and then lost could not be made again.
      ...(kept && { beforeSending: () => kept.syncLinks() }),
      signal: this.#closing.signal,
      log,
      onStop,
      onFinished: () => this.#unreported.delete(jobId),
    });
    this.#unreported.set(jobId, reports);
    return reports;
  }
}
