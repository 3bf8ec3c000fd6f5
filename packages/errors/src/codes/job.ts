import { define } from "../definition.ts";

/** 5000–5999: the life of a job. */
export const jobErrors = {
  JOB_NOT_FOUND: define<{ jobId: string }>(5001, "NOT_FOUND", (c) => `There is no job ${c.jobId}.`),
  JOB_ILLEGAL_MOVE: define<{ jobId: string; from: string; event: string }>(
    5002,
    "FAILED_PRECONDITION",
    (c) => `Job ${c.jobId} is ${c.from}; "${c.event}" is not possible in that state.`,
  ),
  NO_NODE_AVAILABLE: define<{ needs: string; rejected: string }>(
    5003,
    "RESOURCE_EXHAUSTED",
    (c) => `No node can take this job now (needs ${c.needs}). ${c.rejected} Try again later.`,
  ),
  RESERVATION_EXPIRED: define<{ jobId: string }>(
    5004,
    "FAILED_PRECONDITION",
    (c) =>
      `The reservation of job ${c.jobId} has expired. Submit it again; an escrow already made comes back by refund.`,
  ),
  PROOF_INVALID: define<{ jobId: string; problem: string }>(
    5005,
    "FAILED_PRECONDITION",
    (c) => `The proof of job ${c.jobId} does not hold: ${c.problem}`,
  ),
  NODE_REPORTED_FAILURE: define<{ jobId: string; problem: string }>(
    5006,
    "ABORTED",
    (c) => `Job ${c.jobId} failed on its node: ${c.problem}`,
  ),
  JOB_STOPPED: define<{ jobId: string; problem: string }>(
    5007,
    "ABORTED",
    (c) => `Job ${c.jobId} was stopped on its node: ${c.problem}`,
  ),
  JOB_LIMIT_REACHED: define<{ limit: string; retryAtSeconds: number }>(
    5008,
    "RESOURCE_EXHAUSTED",
    (c) => `No job is taken now: ${c.limit}. Try again after ${new Date(c.retryAtSeconds * 1_000).toISOString()}.`,
  ),
} as const;
