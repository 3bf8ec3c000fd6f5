import { isCyxwizError } from "@cyxwiz/errors";
import type { Chain } from "../chain.ts";
import { anySignal, wait } from "../wait.ts";
import { awaitConfirmation, type ConfirmationRequest } from "./await-confirmation.ts";
import type { Confirmation } from "./confirmation.ts";
import type { SignedTransaction } from "./signed-transaction.ts";
import { submit } from "./submit.ts";

/** How signed bytes are sent and waited for. */
export interface DeliveryOptions extends Omit<ConfirmationRequest, "signature" | "lastValidBlockHeight"> {
  /** What the transaction is for, in errors. */
  readonly what?: string | undefined;
  /** Only for a transaction that was never sent: see `submit`. Default false. */
  readonly preflight?: boolean | undefined;
  /** Time between sends of the same bytes. Default 2,000. */
  readonly resendMs?: number | undefined;
}

const DEFAULT_RESEND_MS = 2_000;

/**
 * Sends signed bytes until they have landed or never can. After a crash, hand it the bytes that were written down: it
 * looks on the chain before it sends.
 *
 * @throws CyxwizError TRANSACTION_FAILED (only with `preflight`: refused, nothing was sent), TIMED_OUT or UNREACHABLE
 * (its fate is still open: deliver the same bytes again), ABORTED
 */
export async function deliver(
  chain: Chain,
  { signature, wireTransaction, lastValidBlockHeight }: SignedTransaction,
  options: DeliveryOptions = {},
): Promise<Confirmation> {
  const { what, preflight = false, resendMs = DEFAULT_RESEND_MS, ...waiting } = options;
  const done = new AbortController();
  const signal = anySignal(done.signal, waiting.signal, chain.signal)!;
  const sending = (async () => {
    for (let isFirst = true; ; isFirst = false) {
      try {
        const first = isFirst && preflight;
        if (first || !(await isOnChain(chain, signature, signal))) {
          await submit(chain, wireTransaction, { preflight: first, signal, ...(what !== undefined && { what }) });
        }
      } catch (error) {
        if (isCyxwizError(error, "TRANSACTION_FAILED") || isCyxwizError(error, "ABORTED")) throw error;
        // It may have arrived all the same, or arrive next time; the wait for confirmation tells.
      }
      await wait(resendMs, "Sending a transaction", signal);
    }
  })();
  const confirming = awaitConfirmation(chain, { signature, lastValidBlockHeight, ...waiting, signal });
  try {
    return await Promise.race([confirming, sending]);
  } finally {
    done.abort();
    void Promise.allSettled([confirming, sending]);
  }
}

async function isOnChain(
  chain: Chain,
  signature: SignedTransaction["signature"],
  signal: AbortSignal,
): Promise<boolean> {
  const { value } = await chain.rpc
    .getSignatureStatuses([signature], { searchTransactionHistory: true })
    .send({ abortSignal: signal });
  return value[0] != null;
}
