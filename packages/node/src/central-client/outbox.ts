import { type Backoff, backoffMs } from "@cyxwiz/chain";
import { describe, type Logger } from "../util/log.ts";
import { isTransient, pause } from "../util/retry.ts";

interface Entry {
  readonly what: string;
  readonly send: (signal: AbortSignal) => Promise<void>;
  readonly onRefused: ((error: unknown) => void) | undefined;
}

/**
 * Delivers reports one after the other, each as often as it takes until it is answered, so that a Central that is
 * away for a while misses nothing and sees everything in order. A report that Central refuses for good is given up.
 */
export class Outbox {
  readonly #entries: Entry[] = [];
  readonly #backoff: Backoff;
  readonly #signal: AbortSignal;
  readonly #log: Logger;
  #working: Promise<void> | undefined;
  #retryNow: (() => void) | undefined;

  constructor(options: { backoff: Backoff; signal: AbortSignal; log: Logger }) {
    this.#backoff = options.backoff;
    this.#signal = options.signal;
    this.#log = options.log;
  }

  /** Reports not yet answered. */
  get size(): number {
    return this.#entries.length;
  }

  push(what: string, send: (signal: AbortSignal) => Promise<void>, onRefused?: (error: unknown) => void): void {
    this.#entries.push({ what, send, onRefused });
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when everything is answered, or the outbox was stopped by its signal. */
  async drained(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** Ends the present wait between attempts. */
  retryNow(): void {
    this.#retryNow?.();
  }

  async #work(): Promise<void> {
    for (let entry = this.#entries[0]; entry && !this.#signal.aborted; entry = this.#entries[0]) {
      await this.#deliver(entry);
      this.#entries.shift();
    }
  }

  async #deliver({ what, send, onRefused }: Entry): Promise<void> {
    for (let attempt = 0; !this.#signal.aborted; attempt++) {
      try {
        return await send(this.#signal);
      } catch (error) {
        if (this.#signal.aborted) return;
        if (!isTransient(error)) {
          this.#log.error({ what, problem: describe(error) }, "Central refused a report");
          onRefused?.(error);
          return;
        }
        this.#log.warn({ what, attempt, problem: describe(error) }, "a report was not answered; trying again");
        await this.#wait(backoffMs(this.#backoff, attempt + 1));
      }
    }
  }

  async #wait(ms: number): Promise<void> {
    const early = new AbortController();
    this.#retryNow = () => early.abort();
    await pause(ms, AbortSignal.any([early.signal, this.#signal]));
    this.#retryNow = undefined;
  }
}
