import { define } from "../definition.ts";
import { formatAmount } from "../format-amount.ts";

/** 8000–8999: what an Engine refuses, and the programs it starts. */
export const engineErrors = {
  QUOTE_TOO_HIGH: define<{ amount: string; maxCost: string }>(
    8001,
    "FAILED_PRECONDITION",
    (c) => `The job would cost ${c.amount}; the limit is ${c.maxCost}. Raise the limit or make the job smaller.`,
  ),
  QUOTE_MISMATCH: define<{ field: string; expected: string; actual: string }>(
    8002,
    "FAILED_PRECONDITION",
    (c) => `Central asks to sign other terms than the job's: ${c.field} is ${c.actual}, not ${c.expected}.`,
  ),
  NODE_IDENTITY_MISMATCH: define<{ nodeWallet: string; expected: string; actual: string }>(
    8003,
    "FAILED_PRECONDITION",
    (c) =>
      `Node ${c.nodeWallet} has registered certificate ${c.expected} on chain, but is said to serve ${c.actual}. Nothing was sent to it.`,
  ),
  WEIGHTS_CORRUPT: define<{ expected: string; actual: string }>(
    8004,
    "DATA_LOSS",
    (c) => `The weights have hash ${c.actual}; the node reported ${c.expected}.`,
  ),
  TRAINING_FAILED: define<{ jobId: string; remoteCode: string; problem: string }>(
    8005,
    "ABORTED",
    (c) => `Job ${c.jobId} failed on the node: ${c.problem} (${c.remoteCode})`,
  ),
  NODE_LOST: define<{ jobId: string; problem: string }>(
    8006,
    "UNAVAILABLE",
    (c) => `The node of job ${c.jobId} is gone: ${c.problem}. The escrow comes back by refund.`,
  ),
  JOB_ENDED: define<{ jobId: string; status: string; reason: string }>(
    8007,
    "FAILED_PRECONDITION",
    (c) => `Job ${c.jobId} ended as ${c.status}. ${c.reason}`,
  ),
  RECEIPT_MISMATCH: define<{ what: string; expected: string; actual: string }>(
    8008,
    "DATA_LOSS",
    (c) => `The chain does not show what was agreed: ${c.what} is ${c.actual}, not ${c.expected}.`,
  ),
  PROCESS_FAILED: define<{ name: string; problem: string; log: string }>(
    8009,
    "UNAVAILABLE",
    (c) => `"cyxwiz ${c.name}" ${c.problem}. Its log: ${c.log}`,
  ),
  /** Amounts are base units as decimal text. */
  INSUFFICIENT_TOKENS: define<{ wallet: string; needed: string; available: string }>(
    8010,
    "FAILED_PRECONDITION",
    (c) =>
      `Wallet ${c.wallet} holds ${formatAmount(BigInt(c.available))} CYXWIZ; ${formatAmount(BigInt(c.needed))} are needed.`,
  ),
} as const;
