import { cancellationShares } from "@cyxwiz/contracts";
import { Fraction } from "../fraction.ts";
import { payOf } from "../job.ts";
import type { Strategy } from "../strategy.ts";

/** Epochs that a job has at least which early stopping ends: the best, and one that is not better. */
const SHORTEST_STOPPED = 2;

/** Made-up progress, for which a cancellation would pay. */
const cancelledAfter = (name: string, reported: (epochs: number) => number): Strategy => ({
  name,
  foundBy: "a cancelled job's progress is always audited",
  plan: (job, { platform }) => {
    const leafCount = reported(job.epochs);
    const shares = cancellationShares(job.amount, {
      leafCount,
      checkpoints: job.epochs,
      cancelFeeBps: platform.cancelFeeBps,
    });
    // The escrow is still running: no proof was committed to that could be invalid.
    return {
      leftOut: Fraction.ONE,
      income: shares.node,
      handedIn: leafCount,
      refutable: leafCount,
      audit: "always",
      fault: "failed",
    };
  },
});

/** Attempts to get past the audit itself. */
export const AROUND_THE_AUDIT: readonly Strategy[] = [
  {
    name: "random weights, without waiting",
    foundBy: "faster than the time bounds: audited always",
    plan: (job, rules) => ({
      leftOut: Fraction.ONE,
      income: payOf(job, rules),
      handedIn: job.epochs,
      refutable: job.epochs,
      audit: "always",
      fault: "invalidProof",
    }),
  },
  {
    name: "random weights, auditors in league",
    foundBy: "honest auditors, and Central's second look",
    plan: (job, rules) => ({
      leftOut: Fraction.ONE,
      income: payOf(job, rules),
      handedIn: job.epochs,
      refutable: job.epochs,
      audit: "drawn",
      fault: "invalidProof",
      colludes: true,
    }),
  },
  cancelledAfter("half made up, then cancelled", (epochs) => Math.ceil(epochs / 2)),
  cancelledAfter("nearly all made up, then cancelled", (epochs) => Math.max(epochs - 1, 1)),
  {
    name: "one lie about a metric, to stop early",
    foundBy: "what an early end rests on is always replayed",
    plan: (job, rules) => {
      const done = Math.min(SHORTEST_STOPPED, job.epochs);
      // Nothing is drawn: of the epochs that decide, all are replayed, and the one with the lie is among them.
      return {
        leftOut: Fraction.of(job.epochs - done, job.epochs),
        income: payOf(job, rules),
        handedIn: 1,
        refutable: 1,
        audit: "always",
        fault: "invalidProof",
      };
    },
  },
];
