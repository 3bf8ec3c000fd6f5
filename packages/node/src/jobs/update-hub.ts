import { CyxwizError } from "@cyxwiz/errors";
import type { TrainingUpdate } from "@cyxwiz/protocol";

/** Updates that may be left out for a client that reads too slowly: newer ones say the same, only fresher. */
const DROPPABLE: ReadonlySet<string | undefined> = new Set(["progress", "log"]);

/** One reader of a job's updates. Iterate once; `close` ends it. */
export interface Subscription extends AsyncIterable<TrainingUpdate> {
  /** Puts an update in for this reader alone. */
  push(update: TrainingUpdate): void;
  close(): void;
}

/**
 * Passes a job's updates on to any number of readers. Whoever comes late gets the newest state first, and everybody's
 * stream ends after `complete` or `error`. A reader that does not keep up loses old progress, never anything else,
 * and holds nobody up.
 */
export class UpdateHub {
  readonly #jobId: string;
  readonly #maxSubscribers: number;
  readonly #maxQueued: number;
  readonly #readers = new Set<Reader>();
  #progress: TrainingUpdate | undefined;
  #checkpoint: TrainingUpdate | undefined;
  #final: TrainingUpdate | undefined;

  constructor(jobId: string, limits: { maxSubscribers: number; maxQueued?: number }) {
    this.#jobId = jobId;
    this.#maxSubscribers = limits.maxSubscribers;
    this.#maxQueued = limits.maxQueued ?? 64;
  }

  get ended(): boolean {
    return this.#final !== undefined;
  }

  publish(update: TrainingUpdate): void {
    if (this.#final) return;
    const kind = update.update.case;
    if (kind === "progress") this.#progress = update;
    if (kind === "checkpoint") this.#checkpoint = update;
    const isFinal = kind === "complete" || kind === "error";
    if (isFinal) this.#final = update;
    for (const reader of this.#readers) {
      reader.push(update);
      if (isFinal) reader.end();
    }
  }

  /** Throws TOO_MANY_SUBSCRIBERS. */
  subscribe(): Subscription {
    if (this.#readers.size >= this.#maxSubscribers) {
      throw new CyxwizError("TOO_MANY_SUBSCRIBERS", { jobId: this.#jobId, limit: this.#maxSubscribers });
    }
    const reader = new Reader(this.#maxQueued, () => this.#readers.delete(reader));
    for (const update of [this.#checkpoint, this.#progress, this.#final]) if (update) reader.push(update);
    if (this.#final) reader.end();
    else this.#readers.add(reader);
    return reader;
  }
}

class Reader implements Subscription {
  readonly #queue: TrainingUpdate[] = [];
  readonly #maxQueued: number;
  readonly #onClose: () => void;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(maxQueued: number, onClose: () => void) {
    this.#maxQueued = maxQueued;
    this.#onClose = onClose;
  }

  push(update: TrainingUpdate): void {
    if (this.#ended) return;
    if (this.#queue.length >= this.#maxQueued) {
      const oldest = this.#queue.findIndex((queued) => DROPPABLE.has(queued.update.case));
      if (oldest >= 0) this.#queue.splice(oldest, 1);
      else if (DROPPABLE.has(update.update.case)) return;
    }
    this.#queue.push(update);
    this.#wake?.();
  }

  /** No more will come; what is queued is still read. */
  end(): void {
    this.#ended = true;
    this.#onClose();
    this.#wake?.();
  }

  close(): void {
    this.#queue.length = 0;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingUpdate, void, void> {
    try {
      for (;;) {
        for (let next = this.#queue.shift(); next; next = this.#queue.shift()) yield next;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.close();
    }
  }
}
