import { define } from "../definition.ts";

/** 3000–3999: why an escrow does not pay for a job. */
export const escrowErrors = {
  ESCROW_NOT_FOUND: define<{ signature: string }>(
    3001,
    "NOT_FOUND",
    (c) => `Transaction ${c.signature} creates no escrow, or the cluster does not know it. Check the signature.`,
  ),
  ESCROW_NOT_CONFIRMED: define<{ signature: string }>(
    3002,
    "FAILED_PRECONDITION",
    (c) => `Transaction ${c.signature} is not confirmed yet. Call again in a moment.`,
  ),
  ESCROW_MISMATCH: define<{ field: string; expected: string; actual: string }>(
    3003,
    "FAILED_PRECONDITION",
    (c) => `The escrow's ${c.field} is ${c.actual}, but this job needs ${c.expected}. Take the escrow back by refund.`,
  ),
  ESCROW_ALREADY_USED: define<{ signature: string }>(
    3004,
    "ALREADY_EXISTS",
    (c) => `The escrow of transaction ${c.signature} already serves another job.`,
  ),
} as const;
