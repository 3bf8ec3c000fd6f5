/** How long to wait between tries. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Random number in [0, 1), by default `Math.random`; spreads out clients that failed together. */
  readonly random?: () => number;
}

/** The wait before the try that follows `failures` failures (1 or more): doubling, capped, and between half and all of that. */
export function backoffMs({ firstMs, maxMs, random = Math.random }: Backoff, failures: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full * (0.5 + 0.5 * random());
}
