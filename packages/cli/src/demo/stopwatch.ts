/** One part of a run and how long it took. */
export interface Lap {
  readonly name: string;
  readonly ms: number;
}

/** Divides a run into parts that follow each other without gaps, so that they add up to the whole. */
export class Stopwatch {
  readonly #now: () => number;
  readonly #startedMs: number;
  #lastMs: number;
  readonly #laps: Lap[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startedMs = now();
    this.#lastMs = this.#startedMs;
  }

  /** Ends a part: all the time since the one before. */
  lap(name: string): Lap {
    const nowMs = this.#now();
    const lap = { name, ms: nowMs - this.#lastMs };
    this.#lastMs = nowMs;
    this.#laps.push(lap);
    return lap;
  }

  get laps(): readonly Lap[] {
    return this.#laps;
  }

  get totalMs(): number {
    return this.#now() - this.#startedMs;
  }
}
