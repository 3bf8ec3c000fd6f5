import { CyxwizError } from "@cyxwiz/errors";
import type { TrainingUpdate } from "@cyxwiz/protocol";
import { type CheckpointHistory, KeptUpdates } from "./kept-updates.ts";
import { SequenceCounter } from "./sequence.ts";

/** One reader of a job's updates. Iterate once; `close` ends it. */
export interface Subscription extends AsyncIterable<TrainingUpdate> {
  /** Puts an update in for this reader alone. */
  push(update: TrainingUpdate): void;
  close(): void;
}

/**
 * Numbers a job's updates and passes them on to any number of readers. Each gets every checkpoint and log line after the
 * number it names, in order and once; one that names none gets the newest checkpoint and what follows. Of progress there is
 * only the newest: a reader that does not keep up misses some, and holds nobody up. Every stream ends after `complete` or
 * `error`.
 */
export class UpdateHub {
  readonly #jobId: string;
  readonly #maxSubscribers: number;
  readonly #readers = new Set<Reader>();
  readonly #numbers = new SequenceCounter();
  readonly #kept: KeptUpdates;
  #progress: TrainingUpdate | undefined;
  #final: TrainingUpdate | undefined;
  #suspended = false;

  constructor(jobId: string, options: { maxSubscribers: number; history?: CheckpointHistory }) {
    this.#jobId = jobId;
    this.#maxSubscribers = options.maxSubscribers;
    this.#kept = new KeptUpdates(options.history);
  }

  get ended(): boolean {
    return this.#final !== undefined;
  }

  /** Gives the update its number. */
  publish(update: TrainingUpdate): void {
    if (this.#final || this.#suspended) return;
    const { update: what } = update;
    update.sequence = what.case === "checkpoint" ? this.#numbers.checkpoint(what.value.epoch) : this.#numbers.next();
    if (what.case === "progress") this.#progress = update;
    else if (what.case === "complete" || what.case === "error") this.#final = update;
    else this.#kept.add(update);
    for (const reader of this.#readers) reader.wake();
  }

  /** Ends everybody's stream without an end of the job: it goes on when the node is back. */
  suspend(): void {
    this.#suspended = true;
    for (const reader of this.#readers) reader.wake();
  }

  /**
   * @param after the number of the last update that the reader has; without it, the reader starts at the newest state.
   * @throws CyxwizError TOO_MANY_SUBSCRIBERS
   */
  subscribe(after?: bigint): Subscription {
    if (this.#readers.size >= this.#maxSubscribers) {
      throw new CyxwizError("TOO_MANY_SUBSCRIBERS", { jobId: this.#jobId, limit: this.#maxSubscribers });
    }
    const newest = this.#kept.newestCheckpoint?.sequence ?? 1n;
    const reader = new Reader({
      after: after ?? newest - 1n,
      kept: this.#kept,
      newest: () => ({ progress: this.#progress, final: this.#final, suspended: this.#suspended }),
      onClose: () => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    return reader;
  }
}

interface Source {
  readonly after: bigint;
  readonly kept: KeptUpdates;
  readonly newest: () => {
    readonly progress: TrainingUpdate | undefined;
    readonly final: TrainingUpdate | undefined;
    readonly suspended: boolean;
  };
  readonly onClose: () => void;
}

class Reader implements Subscription {
  readonly #source: Source;
  readonly #own: TrainingUpdate[] = [];
  #position: bigint;
  #shown: TrainingUpdate | undefined;
  #closed = false;
  #wake = Promise.withResolvers<void>();

  constructor(source: Source) {
    this.#source = source;
    this.#position = source.after;
    const { progress } = source.newest();
    if (progress && progress.sequence <= source.after) this.#shown = progress;
  }

  push(update: TrainingUpdate): void {
    this.#own.push(update);
    this.wake();
  }

  wake(): void {
    this.#wake.resolve();
  }

  close(): void {
    this.#closed = true;
    this.#source.onClose();
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingUpdate, void, void> {
    try {
      while (!this.#closed) {
        this.#wake = Promise.withResolvers();
        yield* this.#own.splice(0);
        // Looked at before the kept ones: what is published meanwhile comes in the next round.
        const { progress, final, suspended } = this.#source.newest();
        const kept = await this.#source.kept.after(this.#position);
        yield* this.#together(kept, progress);
        if (kept.length > 0) continue;
        if (final) {
          yield* this.#own.splice(0);
          yield final;
          return;
        }
        if (suspended) return;
        if (this.#own.length === 0) await this.#wake.promise;
      }
    } finally {
      this.close();
    }
  }

  *#together(kept: readonly TrainingUpdate[], progress: TrainingUpdate | undefined): Generator<TrainingUpdate> {
    let fresh = progress === this.#shown ? undefined : progress;
    for (const update of kept) {
      if (fresh && fresh.sequence < update.sequence) {
        // Of an epoch that is over, the checkpoint says more.
        this.#shown = fresh;
        fresh = undefined;
      }
      if (this.#closed) return;
      this.#position = update.sequence;
      yield update;
    }
    if (!fresh || this.#closed) return;
    this.#shown = fresh;
    yield fresh;
  }
}
