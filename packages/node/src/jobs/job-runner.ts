import type { Backoff } from "@cyxwiz/chain";
import type { TrainingUpdate } from "@cyxwiz/protocol";
import type { NodeChain } from "../chain/node-chain.ts";
import { startOnChain } from "../chain/start-on-chain.ts";
import type { JobSlot } from "../sessions/job-slot.ts";
import type { Session } from "../sessions/session.ts";
import { archiveSession } from "../sessions/session-archive.ts";
import type { SessionStore } from "../sessions/session-store.ts";
import type { KeepOptions, KeptJob } from "../states/kept-job.ts";
import { describe, type Logger } from "../util/log.ts";
import type { StoredWeights, WeightsStore } from "../weights/weights-store.ts";
import type { Agreement } from "./agreement.ts";
import type { CheckedJob } from "./check-job.ts";
import { Job } from "./job.ts";
import type { JobOptions } from "./job-options.ts";
import { type KeptProof, keepProof } from "./kept-proof.ts";
import { keepOrder, type ParameterOrder } from "./parameter-order.ts";

export interface JobRunnerOptions {
  readonly chain: NodeChain;
  readonly weights: WeightsStore;
  readonly keep: KeepOptions;
  readonly sessions: SessionStore;
  readonly slot: JobSlot;
  readonly nowSeconds: () => number;
  readonly nowMs: () => number;
  /** For how long a job may be paused, all in all. */
  readonly maxPausedMs: number;
  /** For how long the place is kept at most for the next job of a client that asked for it. */
  readonly maxReservationMs: number;
  readonly backoff: Backoff;
  /** Where a job's weights can be fetched from. */
  readonly weightsUrl: (jobId: string) => string;
  readonly log: Logger;
}

/** A job that is ready to run. */
export type ReadyJob = Pick<JobOptions, "reports" | "kept" | "resume"> & {
  readonly checked: CheckedJob;
  readonly nonce: bigint;
};

/** Runs jobs, and sees to what is left of them when they end. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #running = new Map<string, Job>();
  readonly #closed = new Set<Promise<void>>();

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  /** A job that is under way. */
  find(jobId: string): Job | undefined {
    return this.#running.get(jobId);
  }

  /** All jobs that are under way. */
  all(): Job[] {
    return [...this.#running.values()];
  }

  /** Resolves when nothing is left to be done for the jobs that have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#closed]);
  }

  /** Starts a job. */
  run(session: Session, run: ReadyJob): void {
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
      weightsUrl: () => this.#options.weightsUrl(agreement.jobId),
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
}
