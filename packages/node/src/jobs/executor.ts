import { CyxwizError } from "@cyxwiz/errors";
import type { SendJobRequest } from "@cyxwiz/protocol";
import type { CentralClient } from "../central-client/central-client.ts";
import { JobReports } from "../central-client/job-reports.ts";
import { startOnChain } from "../chain/start-on-chain.ts";
import type { Wallet } from "../identity/wallet.ts";
import type { JobSlot } from "../sessions/job-slot.ts";
import type { Session } from "../sessions/session.ts";
import type { Backoff } from "../util/backoff.ts";
import type { Logger } from "../util/log.ts";
import type { WeightsStore } from "../weights/weights-store.ts";
import { isHopeless } from "./check-job.ts";
import { Job } from "./job.ts";
import { type ReceiveOptions, receiveJob } from "./receive-job.ts";
import { errorUpdate } from "./updates.ts";

export interface ExecutorOptions extends ReceiveOptions {
  readonly central: CentralClient;
  readonly wallet: Wallet;
  readonly weights: WeightsStore;
  readonly slot: JobSlot;
  /** `host:port` that clients connect to. */
  readonly endpoint: () => string;
  readonly nowMs: () => number;
  readonly backoff: Backoff;
  readonly log: Logger;
}

/** Takes jobs in and runs them; knows which are under way and which are not yet reported. */
export class JobExecutor {
  readonly #options: ExecutorOptions;
  readonly #running = new Map<string, Job>();
  readonly #unreported = new Map<string, JobReports>();
  readonly #closing = new AbortController();
  readonly #checking = new WeakSet<Session>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** Jobs that Central should count as this node's, by id. */
  activeJobs(): string[] {
    return [...new Set([...this.#running.keys(), ...this.#unreported.keys()])];
  }

  /**
   * Accepts a session's job and starts it, or throws why not. A job whose own agreed content is at fault is reported
   * to Central as failed; after any other refusal the client may send again.
   */
  async accept(session: Session, request: SendJobRequest, engineAddress: string, signal: AbortSignal): Promise<Job> {
    const { jobId } = session.agreement;
    if (session.job || session.endedAtMs !== undefined || this.#checking.has(session)) {
      const from = session.job?.phase ?? (session.endedAtMs === undefined ? "being checked" : "over");
      throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from, event: "SendJob" });
    }
    const nodeId = this.#options.central.registration.nodeId;
    if (!this.#options.slot.isHeldBy(session)) throw new CyxwizError("NODE_BUSY", { nodeId });
    this.#checking.add(session);
    try {
      const received = await receiveJob(this.#options, session, request, signal);
      if (this.#closing.signal.aborted) throw new CyxwizError("NODE_STOPPING", { nodeId });
      if (!this.#options.slot.isHeldBy(session)) throw new CyxwizError("NODE_BUSY", { nodeId });
      return this.#start(session, received, engineAddress);
    } catch (error) {
      if (isHopeless(error, session.agreement.config)) this.#giveUp(session, error);
      throw error;
    } finally {
      this.#checking.delete(session);
    }
  }

  /** Stops jobs that Central no longer wants. */
  cancel(jobIds: readonly string[], reason: string): void {
    for (const jobId of jobIds) {
      this.#running.get(jobId)?.stop(new CyxwizError("ABORTED", { what: `The job (${reason})` }), { cancelled: true });
    }
  }

  /** Stops what runs, and lets Central be told for `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const nodeId = this.#options.central.registration.nodeId;
    const jobs = [...this.#running.values()];
    for (const job of jobs) job.stop(new CyxwizError("NODE_STOPPING", { nodeId }), { cancelled: false });
    await Promise.all(jobs.map((job) => job.ended));
    const reports = [...this.#unreported.values()].map(({ outbox }) => {
      outbox.retryNow();
      return outbox.drained();
    });
    const timer = setTimeout(() => this.#closing.abort(), graceMs);
    await Promise.all(reports);
    clearTimeout(timer);
    this.#closing.abort();
  }

  #start(session: Session, received: Awaited<ReturnType<typeof receiveJob>>, engineAddress: string): Job {
    const { chain, endpoint, weights, log, nowSeconds, nowMs, backoff } = this.#options;
    const { agreement } = session;
    const { escrow, checked } = received;
    const reports = this.#reportsOf(agreement.jobId, (reason) => this.cancel([agreement.jobId], reason));
    reports.accepted(nowSeconds(), endpoint(), engineAddress);
    const job = new Job({
      agreement,
      checked,
      updates: session.updates,
      reports,
      weights,
      startOnChain: (signal) =>
        startOnChain({ chain, log, backoff, nonce: escrow.nonce, escrow: agreement.escrowAddress }, signal),
      weightsUrl: `https://${endpoint()}/jobs/${agreement.jobId}/weights`,
      nowSeconds,
      log,
    });
    session.job = job;
    this.#running.set(job.id, job);
    void job.ended.then(() => {
      session.endedAtMs = nowMs();
      this.#running.delete(job.id);
    });
    return job;
  }

  #giveUp(session: Session, error: unknown): void {
    const { nowMs, nowSeconds } = this.#options;
    const { jobId } = session.agreement;
    session.endedAtMs = nowMs();
    const reports = this.#reportsOf(jobId, () => undefined);
    reports.failed(error instanceof Error ? error.message : String(error), false, 0);
    session.updates.publish(errorUpdate(jobId, nowSeconds(), error, 0));
  }

  #reportsOf(jobId: string, onStop: (reason: string) => void): JobReports {
    const { central, wallet, backoff, log } = this.#options;
    const reports: JobReports = new JobReports({
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
