import { define } from "../definition.ts";

/** 2000–2999: the chain, its RPC, and transactions. */
export const chainErrors = {
  TRANSACTION_FAILED: define<{ what: string; signature: string; reason: string }>(
    2001,
    "FAILED_PRECONDITION",
    (c) => `${c.what}: transaction ${c.signature} was refused: ${c.reason}`,
  ),
  TRANSACTION_EXPIRED: define<{ what: string; signature: string }>(
    2002,
    "ABORTED",
    (c) => `${c.what}: transaction ${c.signature} did not land before its blockhash expired. It is safe to try again.`,
  ),
  RPC_REFUSED: define<{ reason: string }>(
    2003,
    "FAILED_PRECONDITION",
    (c) => `The Solana RPC refused a call: ${c.reason}. Check that it is the cluster meant, and that it allows this.`,
  ),
  LOCALNET_JOURNAL_DAMAGED: define<{ path: string; offset: number }>(
    2010,
    "DATA_LOSS",
    (c) =>
      `The ledger in ${c.path} is damaged at byte ${c.offset}. Restore it from a copy, or start in a new directory.`,
  ),
  LOCALNET_DATA_IN_USE: define<{ dataDir: string; pid: number }>(
    2011,
    "FAILED_PRECONDITION",
    (c) => `The directory ${c.dataDir} is in use by process ${c.pid}. Stop that localnet or name another directory.`,
  ),
} as const;
