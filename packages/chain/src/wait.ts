import { CyxwizError } from "@cyxwiz/errors";

/** Resolves after a time, or rejects with ABORTED as soon as the signal aborts. */
export async function wait(ms: number, what: string, signal?: AbortSignal): Promise<void> {
  throwIfAborted(what, signal);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const abort = () => reject(new CyxwizError("ABORTED", { what }, { cause: signal?.reason }));
  signal?.addEventListener("abort", abort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** Throws ABORTED if the signal has aborted. */
export function throwIfAborted(what: string, signal?: AbortSignal): void {
  if (signal?.aborted) throw new CyxwizError("ABORTED", { what }, { cause: signal.reason });
}

/** Both signals in one; `undefined` if there is none. */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length < 2 ? given[0] : AbortSignal.any(given);
}
