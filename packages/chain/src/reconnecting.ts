import { type Backoff, backoffMs } from "./backoff.ts";
import { throwIfAborted, wait } from "./wait.ts";

/** When to stop, whom to tell of a break, and how long to wait after one. */
export interface ReconnectingOptions {
  readonly signal: AbortSignal;
  /** Told of each break, before the wait. */
  readonly onBreak?: (error: unknown) => void;
  readonly backoff?: Partial<Backoff>;
}

const BACKOFF: Backoff = { firstMs: 100, maxMs: 5_000 };

/**
 * A subscription that is opened again whenever it breaks, until the signal aborts; then it just ends. What happened
 * between a break and the new subscription isn't told: read a snapshot in `subscribe`, after subscribing.
 *
 * @example
 * const request = chain.rpcSubscriptions.accountNotifications(address);
 * for await (const account of reconnecting((abortSignal) => request.subscribe({ abortSignal }), { signal })) …
 */
export async function* reconnecting<T>(
  subscribe: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  { signal, onBreak, backoff }: ReconnectingOptions,
): AsyncGenerator<T, void> {
  const settings = { ...BACKOFF, ...backoff };
  let failures = 0;
  while (!signal.aborted) {
    // Leaving the loop that reads this must also end the subscription below.
    const inner = new AbortController();
    try {
      for await (const item of await subscribe(AbortSignal.any([signal, inner.signal]))) {
        failures = 0;
        yield item;
      }
      throwIfAborted("The subscription", signal);
      throw new Error("the subscription ended");
    } catch (error) {
      if (signal.aborted) return;
      onBreak?.(error);
    } finally {
      inner.abort();
    }
    failures += 1;
    await wait(backoffMs(settings, failures), "The subscription", signal).catch(() => {});
  }
}
