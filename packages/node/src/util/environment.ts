/** Wall time and randomness, as parameters: tests decide what they say. */
export interface Environment {
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
  /** An unguessable text for session tokens. */
  readonly randomToken: () => string;
}

/** Whole Unix seconds. */
export function nowSeconds(environment: Environment): number {
  return Math.floor(environment.nowMs() / 1000);
}
