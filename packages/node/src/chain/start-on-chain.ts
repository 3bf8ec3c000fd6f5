import type { Backoff } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import type { Logger } from "../util/log.ts";
import { retry } from "../util/retry.ts";
import type { NodeChain } from "./node-chain.ts";

const TIMEOUT_MS = 60_000;

/**
 * Has the chain know that the job is on. Whatever became of an attempt whose answer was lost, the chain is read
 * before the next. Throws why it cannot be started, or, after a minute, why it could not be reached.
 */
export async function startOnChain(
  options: {
    readonly chain: NodeChain;
    readonly escrow: string;
    readonly nonce: bigint;
    readonly backoff: Backoff;
    readonly log: Logger;
  },
  signal: AbortSignal,
): Promise<void> {
  const { chain, escrow, nonce, log, backoff } = options;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const attempt = async (): Promise<void> => {
    const now = await chain.readEscrow(escrow, limited);
    if (now?.nonce === nonce && now.started) return;
    // A job that is resumed may have ended for everybody else.
    if (now && (now.nonce !== nonce || !now.locked)) {
      const actual = now.nonce === nonce ? now.state : "another job's";
      throw new CyxwizError("ESCROW_MISMATCH", { field: "state", expected: "locked", actual });
    }
    const signature = await chain.startJob(escrow, nonce, limited);
    log.info({ escrow, signature }, "started on chain");
  };
  await retry(attempt, backoff, limited);
}
