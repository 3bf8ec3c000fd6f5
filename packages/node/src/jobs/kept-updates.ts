import type { TrainingUpdate } from "@cyxwiz/protocol";
import { checkpointSequence, epochAt } from "./sequence.ts";

/** The checkpoints that memory no longer holds, where they are stored. */
export interface CheckpointHistory {
  /** The updates of some epochs, in order, as far as they are stored; from `first` up to and with `last`. */
  read(first: number, last: number): Promise<readonly TrainingUpdate[]>;
}

/** How many checkpoints, and how many log lines, are held in memory. */
const HELD = 1_024;
/** How many checkpoints are read from storage at once. */
const PAGE = 256;

/** Every checkpoint and the last log lines of a job, in the order of their numbers; in bounded memory where there is a history. */
export class KeptUpdates {
  readonly #history: CheckpointHistory | undefined;
  #checkpoints: TrainingUpdate[] = [];
  #logs: TrainingUpdate[] = [];

  constructor(history?: CheckpointHistory) {
    this.#history = history;
  }

  get newestCheckpoint(): TrainingUpdate | undefined {
    return this.#checkpoints.at(-1);
  }

  add(update: TrainingUpdate): void {
    if (update.update.case === "checkpoint") {
      this.#checkpoints.push(update);
      if (this.#history) this.#checkpoints = forget(this.#checkpoints);
    } else {
      this.#logs.push(update);
      this.#logs = forget(this.#logs);
    }
  }

  /** What comes next after a number, read from storage where that is needed; empty when nothing does yet. */
  async after(sequence: bigint): Promise<readonly TrainingUpdate[]> {
    const oldest = this.#checkpoints[0];
    const first = epochAt(sequence) + 1;
    if (!this.#history || !oldest || oldest.update.case !== "checkpoint" || first >= oldest.update.value.epoch) {
      return this.#from(sequence);
    }
    const last = Math.min(oldest.update.value.epoch - 1, first + PAGE - 1);
    const stored = await this.#history.read(first, last);
    const end = checkpointSequence(last);
    const logs = this.#logs.filter((log) => log.sequence > sequence && log.sequence <= end);
    const page = inOrder(stored, logs);
    // A gap in what is stored must not end the reading.
    return page.length > 0 ? page : this.after(end);
  }

  #from(sequence: bigint): readonly TrainingUpdate[] {
    return inOrder(since(this.#checkpoints, sequence), since(this.#logs, sequence));
  }
}

/** Lets go of the oldest once there are twice as many as are held, so that each is moved once. */
function forget(updates: TrainingUpdate[]): TrainingUpdate[] {
  return updates.length >= 2 * HELD ? updates.slice(-HELD) : updates;
}

function since(updates: readonly TrainingUpdate[], sequence: bigint): readonly TrainingUpdate[] {
  let start = updates.length;
  while (start > 0 && (updates[start - 1] as TrainingUpdate).sequence > sequence) start--;
  return updates.slice(start);
}

function inOrder(a: readonly TrainingUpdate[], b: readonly TrainingUpdate[]): readonly TrainingUpdate[] {
  if (b.length === 0) return a;
  return [...a, ...b].sort((one, two) => (one.sequence < two.sequence ? -1 : 1));
}
