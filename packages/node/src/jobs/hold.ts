import { CyxwizError } from "@cyxwiz/errors";
import type { TrainingRun } from "@cyxwiz/training/node";
import type { JobLifecycle } from "./job-phase.ts";
import type { LogLevel } from "./updates.ts";

export interface HoldOptions {
  readonly jobId: string;
  readonly lifecycle: JobLifecycle;
  /** For how long a job may be held, all its pauses together. */
  readonly limitMs: number;
  readonly nowMs: () => number;
  /** Tells whoever follows the job. */
  readonly say: (level: LogLevel, message: string) => void;
}

/**
 * Holds a job's training and lets it go on. A hold that lasts for as long as the node allows ends by itself: the escrow's
 * deadline does not wait, and the node earns nothing meanwhile.
 */
export class Hold {
  readonly #options: HoldOptions;
  #training: Pick<TrainingRun, "pause" | "resume"> | undefined;
  #asked = false;
  #sinceMs: number | undefined;
  #beforeMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  /** Milliseconds that the job was held so far. */
  get totalMs(): number {
    return this.#beforeMs + (this.#sinceMs === undefined ? 0 : this.#options.nowMs() - this.#sinceMs);
  }

  /** The job runs now; unless it was asked to be held from the start, training goes on. */
  release(training: Pick<TrainingRun, "pause" | "resume">): void {
    this.#training = training;
    if (this.#asked) this.#begin();
    else training.resume();
  }

  /** Repeating it changes nothing. Throws JOB_ILLEGAL_MOVE for a job that is over, NOT_POSSIBLE_NOW at the limit. */
  begin(): void {
    const { jobId, lifecycle, limitMs } = this.#options;
    if (lifecycle.ended) throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from: lifecycle.phase, event: "pause" });
    if (this.totalMs >= limitMs) {
      const problem = `the job was paused for the ${limitMs / 1000} s that this node allows`;
      throw new CyxwizError("NOT_POSSIBLE_NOW", { what: "Pausing", problem });
    }
    this.#asked = true;
    if (this.#training && this.#sinceMs === undefined) this.#begin();
  }

  /** Repeating it changes nothing. Throws JOB_ILLEGAL_MOVE for a job that is over. */
  end(): void {
    const { jobId, lifecycle } = this.#options;
    if (lifecycle.ended) throw new CyxwizError("JOB_ILLEGAL_MOVE", { jobId, from: lifecycle.phase, event: "resume" });
    this.#asked = false;
    if (this.#sinceMs === undefined) return;
    this.close();
    lifecycle.moveTo("running");
    this.#training?.resume();
    this.#options.say("INFO", "Training goes on.");
  }

  /** The job is over: the clock stops. */
  close(): void {
    this.#beforeMs = this.totalMs;
    this.#sinceMs = undefined;
    clearTimeout(this.#timer);
  }

  #begin(): void {
    const { lifecycle, limitMs, nowMs, say } = this.#options;
    lifecycle.moveTo("paused");
    this.#training?.pause();
    this.#sinceMs = nowMs();
    const leftMs = limitMs - this.#beforeMs;
    this.#timer = setTimeout(() => this.#expire(), leftMs).unref();
    say("INFO", `Training is paused, for ${Math.ceil(leftMs / 1000)} s at most.`);
  }

  #expire(): void {
    if (this.#sinceMs === undefined) return;
    this.#options.say("WARNING", "The pause has lasted for as long as this node allows.");
    this.end();
    // Timers and clocks differ by a millisecond.
    this.#beforeMs = Math.max(this.#beforeMs, this.#options.limitMs);
  }
}
