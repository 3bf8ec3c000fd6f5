import type { JobEvent } from "./job-event.ts";

/** What a log keeps of each kind that comes in numbers; milestones, a handful a job, are all kept. */
const KEPT = { progress: 64, checkpoint: 1024, log: 256 } as const;

interface Entry {
  readonly sequence: number;
  readonly event: JobEvent;
}

/**
 * The events of one job for any number of readers, or none. Every reader starts at the beginning and goes at its own
 * pace; one that falls behind misses old progress, never a milestone, so nothing grows without bound and nobody waits.
 */
export class EventLog {
  #entries: Entry[] = [];
  #next = 0;
  readonly #counts = { progress: 0, checkpoint: 0, log: 0 };
  #end: { readonly error?: unknown } | undefined;
  #wake = Promise.withResolvers<void>();

  /** Adds an event; after the end it is ignored. */
  add(event: JobEvent): void {
    if (this.#end) return;
    this.#entries.push({ sequence: this.#next++, event });
    if (event.type === "progress" || event.type === "checkpoint" || event.type === "log") this.#forgetOne(event.type);
    this.#signal();
  }

  /** Ends every reader: after the last event, or, given an error, with it. */
  close(end: { readonly error?: unknown } = {}): void {
    this.#end ??= end;
    this.#signal();
  }

  async *read(): AsyncGenerator<JobEvent, void, undefined> {
    let position = 0;
    for (;;) {
      const wake = this.#wake.promise;
      for (let entry = this.#from(position); entry; entry = this.#from(position)) {
        position = entry.sequence + 1;
        yield entry.event;
      }
      if (this.#end) {
        if ("error" in this.#end) throw this.#end.error;
        return;
      }
      await wake;
    }
  }

  #from(sequence: number): Entry | undefined {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as Entry).sequence < sequence) low = middle + 1;
      else high = middle;
    }
    return this.#entries[low];
  }

  #forgetOne(type: keyof typeof KEPT): void {
    if (++this.#counts[type] <= KEPT[type]) return;
    const oldest = this.#entries.findIndex((entry) => entry.event.type === type);
    this.#entries.splice(oldest, 1);
    this.#counts[type]--;
  }

  #signal(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers();
    resolve();
  }
}
