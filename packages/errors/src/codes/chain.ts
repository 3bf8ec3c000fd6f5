import { define } from "../definition.ts";

/** 2000–2999: the chain, its RPC, and transactions. */
export const chainErrors = {
  TRANSACTION_FAILED: define<{ what: string; signature: string; reason: string }>(
    2001,
    "FAILED_PRECONDITION",
    (c) => `${c.what}: transaction ${c.signature} failed on chain: ${c.reason}`,
  ),
  TRANSACTION_EXPIRED: define<{ what: string; signature: string }>(
    2002,
    "ABORTED",
    (c) => `${c.what}: transaction ${c.signature} did not land before its blockhash expired. It is safe to try again.`,
  ),
} as const;
