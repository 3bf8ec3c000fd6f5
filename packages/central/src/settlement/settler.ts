import type { Context } from "../context.ts";
import { anchorProgress } from "./anchor-progress.ts";
import { createBatcher } from "./batcher.ts";
import { createDeliveries } from "./deliveries.ts";
import { reportOutcome } from "./report-outcome.ts";
import { settleAuditor } from "./settle-auditor.ts";
import { settleStep } from "./settle-step.ts";
import type { SettlementContext } from "./settlement-context.ts";

/** Sends everything that jobs need on chain, and brings them to their end there. */
export interface Settler {
  /**
   * Goes on with a job's settlement until it is over or has to wait; calls for the same job at the same time share
   * one run. Throws when it has to wait, and is then to be called again.
   */
  run(jobId: string): Promise<void>;
  /** Puts the root over a running job's checkpoints so far on chain. Throws when it has to be called again. */
  anchor(jobId: string): Promise<void>;
  /** Tells the node registry of a settled job, if nobody has. Throws when it has to be called again. */
  report(jobId: string): Promise<void>;
  /** Pays, or has slashed, the node that audited a job. Throws when it has to be called again. */
  settleAuditor(jobId: string): Promise<void>;
  /** Stops all runs where they are; what they were about goes on after the next start. */
  close(): Promise<void>;
}

/** Makes the settler of this process; others may settle the same jobs at the same time. */
export function createSettler(base: Omit<Context, "settler">): Settler {
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const windowMs = base.config.settlementBatchMs;
  const batcher = createBatcher(base, { windowMs, expected: () => running.size });
  const deliveries = createDeliveries(base);
  // Anew each time: the work queue comes only after the settler.
  const context = (): SettlementContext => ({ ...base, batcher, deliveries });

  async function settle(jobId: string): Promise<void> {
    while (!signal.aborted) {
      if ((await settleStep(context(), jobId, signal)) === "over") return;
    }
    signal.throwIfAborted();
  }

  /** Work under the same key is done once at a time. */
  function once(key: string, work: () => Promise<void>): Promise<void> {
    const current = running.get(key);
    if (current) return current;
    const run = work().finally(() => running.delete(key));
    running.set(key, run);
    return run;
  }

  return {
    run: (jobId) => once(jobId, () => settle(jobId)),
    anchor: (jobId) => once(`anchor ${jobId}`, () => anchorProgress(context(), jobId, signal)),
    report: (jobId) => once(`report ${jobId}`, () => reportOutcome(context(), jobId, signal)),
    settleAuditor: (jobId) => once(`auditor ${jobId}`, () => settleAuditor(context(), jobId, signal)),
    async close() {
      stopping.abort();
      batcher.close();
      await Promise.allSettled(running.values());
    },
  };
}
