import type { Backoff } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import type { SendJobRequest, TrainingUpdate } from "@cyxwiz/protocol";
import type { CentralClient } from "../central-client/central-client.ts";
import { JobReports } from "../central-client/job-reports.ts";
import { ReportJournal, readLeftovers } from "../central-client/report-journal.ts";
import { startOnChain } from "../chain/start-on-chain.ts";
import type { Wallet } from "../identity/wallet.ts";
import type { JobSlot } from "../sessions/job-slot.ts";
import type { Session } from "../sessions/session.ts";
import { archiveSession } from "../sessions/session-archive.ts";
import type { SessionStore } from "../sessions/session-store.ts";
import { describe, type Logger } from "../util/log.ts";
import type { StoredWeights, WeightsStore } from "../weights/weights-store.ts";
import type { Agreement } from "./agreement.ts";
import { checkDatasetHash, checkTerms, isHopeless } from "./check-job.ts";
import { Job, type JobOptions } from "./job.ts";
import { type KeptProof, keepProof } from "./kept-proof.ts";
import { keepOrder, type ParameterOrder } from "./parameter-order.ts";
import { type Received, type ReceiveOptions, receiveJob } from "./receive-job.ts";
import { errorUpdate, toReportable } from "./updates.ts";

const RECEIVE_TIMEOUT_MS = 30_000;

export interface ExecutorOptions extends ReceiveOptions {
  readonly central: CentralClient;
  readonly wallet: Wallet;
  readonly weights: WeightsStore;
  readonly dataDir: string;
  readonly sessions: SessionStore;
  readonly slot: JobSlot;
  /** `host:port` that clients connect to. */
  readonly endpoint: () => string;
  readonly nowMs: () => number;
  /** For how long a job may be paused, all in all. */
  readonly maxPausedMs: number;
  readonly backoff: Backoff;
  readonly log: Logger;
}

/** Takes jobs in and runs them; knows which are under way and which are not yet reported. */
export class JobExecutor {
  readonly #options: ExecutorOptions;
  readonly #running = new Map<string, Job>();
  readonly #unreported = new Map<string, JobReports>();
  readonly #closing = new AbortController();
  readonly #accepting = new WeakMap<Session, Promise<void>>();
  #stopping = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** Jobs that Central should count as this node's, by id. */
  activeJobs(): string[] {
    return [...new Set([...this.#running.keys(), ...this.#unreported.keys()])];
  }

  /**
   * Accepts a session's job and starts it, or throws why not. A job whose own agreed content is at fault is reported
   * to Central as failed; after any other refusal the client may send again. So it may when an answer was lost: a job
   * that is on already is accepted once more, if it is the same.
   */
  async accept(session: Session, request: SendJobRequest, engineAddress: string): Promise<void> {
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

  /** Goes on reporting what an earlier run of this node could not. */
  resumeReports(): void {
    for (const { jobId, reports } of readLeftovers(this.#options.dataDir)) {
      this.#options.log.info({ jobId, reports: reports.length }, "reporting what an earlier run left");
      this.#reportsOf(jobId, () => undefined).resume(reports);
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

  /** Stops what runs, and lets Central be told for `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#stopping = true;
    const nodeId = this.#options.central.registration.nodeId;
    const jobs = [...this.#running.values()];
    for (const job of jobs) job.stop(new CyxwizError("NODE_STOPPING", { nodeId }), { cancelled: false });
    await Promise.all(jobs.map((job) => job.ended));
    const reports = [...this.#unreported.values()].map((open) => open.flush());
    const timer = setTimeout(() => this.#closing.abort(), graceMs);
    await Promise.all(reports);
    clearTimeout(timer);
    this.#closing.abort();
  }

  async #receive(
    session: Session,
    agreement: Agreement,
    request: SendJobRequest,
    engineAddress: string,
  ): Promise<void> {
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
    this.#start(session, agreement, received, engineAddress);
  }

  #start(session: Session, agreement: Agreement, received: Received, engineAddress: string): void {
    const { chain, endpoint, weights, log, nowSeconds, nowMs, backoff } = this.#options;
    const { escrow } = received;
    const { dataset, ...checked } = received.checked;
    const reports = this.#reportsOf(agreement.jobId, (reason) => this.cancel([agreement.jobId], reason));
    reports.add({ type: "accepted", atSeconds: nowSeconds(), nodeEndpoint: endpoint(), engineAddress });
    const options: JobOptions = {
      agreement,
      checked,
      updates: session.updates,
      reports,
      weights,
      startOnChain: (signal) =>
        startOnChain({ chain, log, backoff, nonce: escrow.nonce, escrow: agreement.escrowAddress }, signal),
      onCompleted: (stored, complete, checkpoints) => {
        session.weights = stored;
        this.#archive(session, stored, complete);
        const use = { escrow: agreement.escrowAddress, nonce: escrow.nonce.toString() };
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
      onOrder: (order) => this.#keepOrder(session.jobId, order),
      weightsUrl: this.weightsUrl(agreement.jobId),
      nowSeconds,
      nowMs,
      maxPausedMs: this.#options.maxPausedMs,
      log,
    };
    const job = new Job(options, dataset);
    session.job = job;
    this.#running.set(job.id, job);
    void job.ended.then(() => {
      session.endedAtMs = nowMs();
      this.#running.delete(job.id);
    });
  }

  #archive(session: Session, weights: StoredWeights, end: TrainingUpdate): void {
    const { dataDir, sessions, nowMs, log } = this.#options;
    const { jobId } = session;
    try {
      const tokenHashes = sessions.tokenHashes(session);
      archiveSession(dataDir, { jobId, tokenHashes, endedAtMs: nowMs(), weights, end });
    } catch (error) {
      log.warn({ jobId, problem: describe(error) }, "the session could not be kept for after a restart");
    }
  }

  // Should Central never pay, the node can claim its pay with this.
  #keepProof(jobId: string, proof: KeptProof): void {
    try {
      keepProof(this.#options.dataDir, jobId, proof);
    } catch (error) {
      this.#options.log.warn({ jobId, problem: describe(error) }, "the proof could not be kept");
    }
  }

  #keepOrder(jobId: string, order: ParameterOrder): void {
    try {
      keepOrder(this.#options.dataDir, jobId, order);
    } catch (error) {
      this.#options.log.warn({ jobId, problem: describe(error) }, "an order to change parameters could not be kept");
    }
  }

  #giveUp(session: Session, error: unknown): void {
    const { nowMs, nowSeconds } = this.#options;
    const { jobId } = session;
    session.endedAtMs = nowMs();
    const reports = this.#reportsOf(jobId, () => undefined);
    const { code, message } = toReportable(error);
    reports.add({ type: "failed", problem: `${code}: ${message}`, cancelled: false, elapsedSeconds: 0 });
    session.updates.publish(errorUpdate(jobId, nowSeconds(), error, 0));
  }

  #reportsOf(jobId: string, onStop: (reason: string) => void): JobReports {
    const { central, wallet, backoff, log, dataDir } = this.#options;
    const reports = new JobReports({
      journal: new ReportJournal(dataDir, jobId, log),
      central,
      jobId,
      wallet,
      backoff,
      signal: this.#closing.signal,
      log,
      onStop,
      onFinished: () => this.#unreported.delete(jobId),
    });
    this.#unreported.set(jobId, reports);
    return reports;
  }
}
