/** Time on the chain: the injected clock plus whatever tests have added. Never goes backwards. */
export class LedgerClock {
  readonly #nowMs: () => number;
  #latest: number;
  offsetMs: number;

  constructor(nowMs: () => number, offsetMs = 0, notBefore = 0) {
    this.#nowMs = nowMs;
    this.offsetMs = offsetMs;
    this.#latest = notBefore;
  }

  /** Unix time in whole seconds. */
  now(): number {
    this.#latest = Math.max(this.#latest, Math.floor((this.#nowMs() + this.offsetMs) / 1000));
    return this.#latest;
  }
}
