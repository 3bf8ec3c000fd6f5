import { CyxwizError } from "@cyxwiz/errors";
import type { Context } from "../context.ts";
import { JobUsage } from "./job-usage.ts";

const SAVE_MS = 1_000;

/** A relayed connection that may be opened. */
export interface AdmittedConnection {
  readonly usage: JobUsage;
  /** To be called when it is over. */
  release(): void;
}

/** What is relayed for whom at this replica. */
export class JobUsages {
  readonly #context: Context;
  readonly #jobs = new Map<string, JobUsage>();
  readonly #timer: NodeJS.Timeout;
  #open = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#timer = setInterval(() => void this.#saveAll(), SAVE_MS).unref();
  }

  /** Connections that are open or about to be. */
  get open(): number {
    return this.#open;
  }

  /** Room for one more connection of a job. Throws RELAY_LIMIT_REACHED. */
  async admit(jobId: string): Promise<AdmittedConnection> {
    const { config } = this.#context;
    if (this.#open >= config.relayConnections) {
      const limit = `Central has ${config.relayConnections} relayed connections at a time already`;
      throw new CyxwizError("RELAY_LIMIT_REACHED", { jobId, limit });
    }
    const usage = this.#jobs.get(jobId) ?? new JobUsage(jobId, config);
    const close = usage.open();
    this.#jobs.set(jobId, usage);
    this.#open++;
    const release = () => {
      close();
      this.#open--;
    };
    try {
      await usage.save(this.#context);
      usage.assertBytesLeft();
      return { usage, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Writes down what is not yet. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saveAll();
  }

  async #saveAll(): Promise<void> {
    for (const usage of this.#jobs.values()) {
      try {
        if (usage.isDirty) await usage.save(this.#context);
        if (usage.isIdle) this.#jobs.delete(usage.jobId);
      } catch (error) {
        this.#context.log.warn({ err: error, jobId: usage.jobId }, "what was relayed is written down later");
      }
    }
  }
}
