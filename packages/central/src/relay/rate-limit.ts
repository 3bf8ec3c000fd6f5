/** A speed that several share: who wants to pass learns how long to wait first. */
export class RateLimit {
  readonly #bytesPerMs: number;
  readonly #nowMs: () => number;
  /** When everything let through so far has been paid for in time. */
  #paidAtMs: number;

  /** @param nowMs a clock that only goes forward */
  constructor(bytesPerSecond: number, nowMs: () => number = () => performance.now()) {
    this.#bytesPerMs = bytesPerSecond / 1_000;
    this.#nowMs = nowMs;
    this.#paidAtMs = nowMs();
  }

  /** Takes leave for some bytes; gives the milliseconds to wait before they go. Unused time is not saved up. */
  take(bytes: number): number {
    const nowMs = this.#nowMs();
    const startMs = Math.max(nowMs, this.#paidAtMs);
    this.#paidAtMs = startMs + bytes / this.#bytesPerMs;
    return startMs - nowMs;
  }
}
