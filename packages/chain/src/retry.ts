import { throwIfAborted, wait } from "./wait.ts";

export interface RetryOptions {
  /** What is tried, for messages. */
  readonly what: string;
  readonly signal: AbortSignal;
  /** Which failures are worth another try. */
  readonly when: (error: unknown) => boolean;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  /** Gives up, with the last failure, when this much time has gone by. */
  readonly withinMs: number;
  readonly onRetry?: (error: unknown, attempt: number) => void;
}

/** Tries again with growing pauses, within a time limit, until it works, fails for good, or is aborted. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { firstDelayMs = 100, maxDelayMs = 2_000, signal } = options;
  const startedMs = performance.now();
  for (let round = 0; ; round++) {
    throwIfAborted(options.what, signal);
    try {
      return await attempt();
    } catch (error) {
      const pauseMs = Math.min(firstDelayMs * 2 ** round, maxDelayMs);
      if (signal.aborted || !options.when(error)) throw error;
      if (performance.now() - startedMs + pauseMs > options.withinMs) throw error;
      options.onRetry?.(error, round + 1);
      await wait(pauseMs, options.what, signal);
    }
  }
}
