import type { Context } from "../context.ts";
import { settleStep } from "./settle-step.ts";

/** Brings jobs to their end on chain. */
export interface Settler {
  /**
   * Goes on with a job's settlement until it is over or has to wait; calls for the same job at the same time share
   * one run. Throws when it has to wait, and is then to be called again.
   */
  run(jobId: string): Promise<void>;
  /** Stops all runs where they are; what they were about goes on after the next start. */
  close(): Promise<void>;
}

/** Makes the settler of this process; others may settle the same jobs at the same time. */
export function createSettler(context: Omit<Context, "settler" | "queue">): Settler {
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  async function settle(jobId: string): Promise<void> {
    while (!stopping.signal.aborted) {
      if ((await settleStep(context, jobId, stopping.signal)) === "over") return;
    }
    stopping.signal.throwIfAborted();
  }

  return {
    run(jobId) {
      const current = running.get(jobId);
      if (current) return current;
      const run = settle(jobId).finally(() => running.delete(jobId));
      running.set(jobId, run);
      return run;
    },
    async close() {
      stopping.abort();
      await Promise.allSettled(running.values());
    },
  };
}
