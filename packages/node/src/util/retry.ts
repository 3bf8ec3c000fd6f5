import { setTimeout as delay } from "node:timers/promises";
import { type Backoff, backoffMs } from "@cyxwiz/chain";
import { isCyxwizError } from "@cyxwiz/errors";

/** Resolves after `ms`; at once, without an error, when the signal says so. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

const PERMANENT = new Set([
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "FAILED_PRECONDITION",
  "UNIMPLEMENTED",
]);

/** True for what may go better next time: the peer is away, overloaded or did not answer. */
export function isTransient(error: unknown): boolean {
  return !isCyxwizError(error) || !PERMANENT.has(error.status);
}

/**
 * Tries until it works, fails for good, or the signal says stop; then with the last failure, which says more than "too
 * late". `onRetry` is told of each failure that another try follows.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  backoff: Backoff,
  signal: AbortSignal,
  onRetry: (error: unknown) => void = () => {},
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error) || signal.aborted) throw error;
      onRetry(error);
      await pause(backoffMs(backoff, failures), signal);
      if (signal.aborted) throw error;
    }
  }
}
