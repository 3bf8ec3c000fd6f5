import { setTimeout as delay } from "node:timers/promises";
import { isCyxwizError } from "@cyxwiz/errors";

/** How long to wait between attempts: doubles from `firstMs` to `maxMs`, and is spread so that nodes do not call in step. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Milliseconds before attempt `attempt + 1` (`attempt` counts from 0): between half and all of the doubled delay. */
export function backoffMs(backoff: Backoff, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt, 30));
  return full / 2 + (full / 2) * random();
}

/** Resolves after `ms`; at once, without an error, when the signal says so. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
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

/** Tries until it works, fails for good, or the signal says stop; then with the last failure, which says more than "too late". */
export async function retry<T>(attempt: () => Promise<T>, backoff: Backoff, signal: AbortSignal): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error) || signal.aborted) throw error;
      await pause(backoffMs(backoff, failures), signal);
      if (signal.aborted) throw error;
    }
  }
}
