import { define } from "../definition.ts";
import { formatAmount } from "../format-amount.ts";

/** 7000–7999: nodes and sessions with them. */
export const nodeErrors = {
  NODE_NOT_FOUND: define<{ nodeId: string }>(7001, "NOT_FOUND", (c) => `There is no node ${c.nodeId}.`),
  NODE_BUSY: define<{ nodeId: string }>(7002, "RESOURCE_EXHAUSTED", (c) => `Node ${c.nodeId} is running another job.`),
  STORAGE_FAILED: define<{ what: string; cause: string }>(
    7003,
    "RESOURCE_EXHAUSTED",
    (c) => `${c.what} could not be written: ${c.cause}. Free space on the node's disk or check its data directory.`,
  ),
  JOB_TERMS_MISMATCH: define<{ jobId: string; what: string; expected: string; actual: string }>(
    7004,
    "FAILED_PRECONDITION",
    (c) => `Job ${c.jobId} is not what was agreed: ${c.what} is ${c.actual}, not ${c.expected}.`,
  ),
  WEIGHTS_NOT_READY: define<{ jobId: string; phase: string }>(
    7005,
    "FAILED_PRECONDITION",
    (c) => `Job ${c.jobId} has no weights: it is ${c.phase}.`,
  ),
  TOO_MANY_SUBSCRIBERS: define<{ jobId: string; limit: number }>(
    7006,
    "RESOURCE_EXHAUSTED",
    (c) => `Job ${c.jobId} has ${c.limit} subscribers already. Close one of them first.`,
  ),
  NODE_STOPPING: define<{ nodeId: string }>(7007, "UNAVAILABLE", (c) => `Node ${c.nodeId} is shutting down.`),
  NODE_NOT_ALLOWED: define<{ wallet: string; status: string }>(
    7008,
    "FAILED_PRECONDITION",
    (c) => `The node of wallet ${c.wallet} is ${c.status} on chain and takes no jobs.`,
  ),
  /** Amounts are base units as decimal text. */
  STAKE_NOT_FUNDED: define<{ wallet: string; needed: string; available: string }>(
    7009,
    "FAILED_PRECONDITION",
    (c) =>
      `Wallet ${c.wallet} holds ${formatAmount(BigInt(c.available))} CYXWIZ; ${formatAmount(BigInt(c.needed))} more are needed for the stake.`,
  ),
  STATE_NOT_KEPT: define<{ jobId: string; epoch: number; nearest: number }>(
    7010,
    "NOT_FOUND",
    (c) =>
      `Job ${c.jobId}: the state after epoch ${c.epoch} is not kept. Train on from the nearest before it, that of epoch ${c.nearest}.`,
  ),
  NOT_KEPT: define<{ jobId: string; what: string }>(
    7011,
    "NOT_FOUND",
    (c) => `${c.what} of job ${c.jobId} is not kept by this node, or no longer.`,
  ),
  JOB_NOT_RESUMABLE: define<{ jobId: string; problem: string }>(
    7012,
    "FAILED_PRECONDITION",
    (c) => `Job ${c.jobId} cannot go on after the node's restart: ${c.problem}`,
  ),
} as const;
