import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import type { Signature } from "@solana/kit";
import type { Chain } from "../chain.ts";
import { anySignal, throwIfAborted } from "../wait.ts";
import type { Awaited, Confirmation } from "./confirmation.ts";
import { expiryStrategy } from "./expiry-strategy.ts";
import { pollingStrategy } from "./polling-strategy.ts";
import { signatureStrategy } from "./signature-strategy.ts";

/** Which transaction to wait for, to which commitment, and until when. */
export interface ConfirmationRequest {
  readonly signature: Signature;
  readonly lastValidBlockHeight: bigint;
  /** How sure to be. Default `confirmed`. */
  readonly commitment?: "confirmed" | "finalized" | undefined;
  /** Default 180,000: longer than a blockhash lives, so that normally the chain decides and not the clock. */
  readonly timeoutMs?: number | undefined;
  /** Time between questions. Default 500. */
  readonly pollMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 180_000;
const DEFAULT_POLL_MS = 500;
const WHAT = "Waiting for a transaction";

/**
 * Waits until a transaction's fate is certain. A race of strategies: a subscription, polling, and the proof that it
 * expired. Trouble with the RPC is waited out.
 *
 * @throws CyxwizError TIMED_OUT or UNREACHABLE (its fate is still open: ask again later), ABORTED
 */
export async function awaitConfirmation(chain: Chain, request: ConfirmationRequest): Promise<Confirmation> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, commitment = "confirmed", pollMs = DEFAULT_POLL_MS } = request;
  const stop = anySignal(request.signal, chain.signal);
  throwIfAborted(WHAT, stop);
  const over = new AbortController();
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = anySignal(over.signal, deadline, stop)!;
  let unreachable: unknown;
  const onAsked = (trouble?: unknown) => {
    // What the end of the wait cuts off says nothing about the RPC.
    if (!signal.aborted) unreachable = isCyxwizError(trouble, "UNREACHABLE") ? trouble : undefined;
  };
  const { signature, lastValidBlockHeight } = request;
  const awaited: Awaited = { signature, lastValidBlockHeight, commitment, pollMs, onAsked, signal };
  const strategies = [signatureStrategy, pollingStrategy, expiryStrategy].map(async (strategy) => {
    const outcome = await strategy(chain, awaited);
    // A strategy that has nothing more to say leaves the race to the others.
    return (
      outcome ?? (await new Promise<never>((_, reject) => signal.addEventListener("abort", reject, { once: true })))
    );
  });
  try {
    return await Promise.race(strategies);
  } catch (error) {
    throwIfAborted(WHAT, stop);
    if (!deadline.aborted) throw error;
    if (unreachable !== undefined) throw unreachable;
    throw new CyxwizError("TIMED_OUT", { what: `${WHAT} (${signature})`, timeoutMs }, { cause: error });
  } finally {
    over.abort();
    // The losers end with ABORTED, which nobody needs to hear.
    void Promise.allSettled(strategies);
  }
}
