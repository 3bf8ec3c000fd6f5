import type { Context } from "../context.ts";
import { createSharedRuns } from "../work/shared-runs.ts";
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
  const runs = createSharedRuns();
  const stopping = new AbortController();
  const { signal } = stopping;
  const windowMs = base.config.settlementBatchMs;
  const batcher = createBatcher(base, { windowMs, expected: () => runs.size });
  const deliveries = createDeliveries(base);
  // Anew each time: the work queue comes only after the settler.
  const context = (): SettlementContext => ({ ...base, batcher, deliveries });

  async function settle(jobId: string): Promise<void> {
    while (!signal.aborted) {
      if ((await settleStep(context(), jobId, signal)) === "over") return;
    }
    signal.throwIfAborted();
  }

  return {
    run: (jobId) => runs.run(jobId, () => settle(jobId)),
    anchor: (jobId) => runs.run(`anchor ${jobId}`, () => anchorProgress(context(), jobId, signal)),
    report: (jobId) => runs.run(`report ${jobId}`, () => reportOutcome(context(), jobId, signal)),
    settleAuditor: (jobId) => runs.run(`auditor ${jobId}`, () => settleAuditor(context(), jobId, signal)),
    async close() {
      stopping.abort();
      batcher.close();
      await runs.settled();
    },
  };
}
