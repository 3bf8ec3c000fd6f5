import { CyxwizError } from "@cyxwiz/errors";
import type { ParameterChange } from "../trainer/parameters.ts";

const FLAG = 0;
const LOCK = 1;
/** The epoch that has begun last. */
const BEGUN = 2;
const WAITING = 3;
const HEAD_BYTES = 16;

const RUN = 0;
const PAUSE = 1;
const FREE = 0;
const HELD = 1;

/** First epoch, learning rate, batch size; NaN for what stays as it is. */
const ENTRY = 3;
const MOST_WAITING = 256;

/**
 * What both threads of a run see: whether it is held, and the changes of parameters that wait for their epoch. In shared
 * memory instead of messages, so that a change is known to be in time, or too late, at once, also while training is held.
 */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly #head: Int32Array;
  readonly #entries: Float64Array;

  /** @param shared the other thread's {@link buffer}; a new one without. */
  constructor(shared?: SharedArrayBuffer) {
    this.buffer = shared ?? new SharedArrayBuffer(HEAD_BYTES + MOST_WAITING * ENTRY * Float64Array.BYTES_PER_ELEMENT);
    this.#head = new Int32Array(this.buffer, 0, HEAD_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.#entries = new Float64Array(this.buffer, HEAD_BYTES);
  }

  get paused(): boolean {
    return Atomics.load(this.#head, FLAG) === PAUSE;
  }

  pause(): void {
    Atomics.store(this.#head, FLAG, PAUSE);
  }

  resume(): void {
    Atomics.store(this.#head, FLAG, RUN);
    Atomics.notify(this.#head, FLAG);
  }

  /** Holds the calling thread for as long as the other one says so. */
  waitWhilePaused(): void {
    while (this.paused) Atomics.wait(this.#head, FLAG, PAUSE);
  }

  /**
   * Has a change wait for its first epoch, or for the next to begin.
   *
   * @param epochs of the job.
   * @returns its first epoch.
   * @throws CyxwizError `NOT_POSSIBLE_NOW` when that epoch has begun, or too many wait.
   */
  change(change: Omit<ParameterChange, "firstEpoch"> & { readonly firstEpoch?: number }, epochs: number): number {
    return this.#locked(() => {
      const begun = this.#head[BEGUN] as number;
      const waiting = this.#head[WAITING] as number;
      const { firstEpoch = begun + 1 } = change;
      if (firstEpoch <= begun) throw notNow(`epoch ${firstEpoch} has begun; the next is ${begun + 1}`);
      if (firstEpoch > epochs) throw notNow(`the last of ${epochs} epochs has begun`);
      if (waiting === MOST_WAITING) throw notNow(`${waiting} changes are waiting for their epoch`);
      this.#put({ ...change, firstEpoch });
      return firstEpoch;
    });
  }

  /** Notes that an epoch begins (for the first time, or where a run is resumed, that it was begun before). */
  begin(epoch: number): readonly ParameterChange[] {
    return this.#locked(() => {
      const waiting = this.#takeAll();
      this.#head[BEGUN] = epoch;
      for (const later of waiting.filter(({ firstEpoch }) => firstEpoch > epoch)) this.#put(later);
      return waiting.filter(({ firstEpoch }) => firstEpoch === epoch);
    });
  }

  #put({ firstEpoch, learningRate = Number.NaN, batchSize = Number.NaN }: ParameterChange): void {
    const waiting = this.#head[WAITING] as number;
    this.#entries.set([firstEpoch, learningRate, batchSize], waiting * ENTRY);
    this.#head[WAITING] = waiting + 1;
  }

  #takeAll(): ParameterChange[] {
    const waiting = this.#head[WAITING] as number;
    this.#head[WAITING] = 0;
    return Array.from({ length: waiting }, (_, index) => {
      const [firstEpoch, learningRate, batchSize] = this.#entries.subarray(index * ENTRY) as unknown as Entry;
      return {
        firstEpoch,
        ...(!Number.isNaN(learningRate) && { learningRate }),
        ...(!Number.isNaN(batchSize) && { batchSize }),
      };
    });
  }

  #locked<T>(act: () => T): T {
    while (Atomics.compareExchange(this.#head, LOCK, FREE, HELD) !== FREE) Atomics.wait(this.#head, LOCK, HELD);
    try {
      return act();
    } finally {
      Atomics.store(this.#head, LOCK, FREE);
      Atomics.notify(this.#head, LOCK);
    }
  }
}

type Entry = readonly [number, number, number];

function notNow(problem: string): CyxwizError {
  return new CyxwizError("NOT_POSSIBLE_NOW", { what: "A change of parameters", problem });
}
