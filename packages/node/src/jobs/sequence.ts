/** Room for so many updates between two checkpoints: weeks of them. */
const SHIFT = 24n;
const LAST = (1n << SHIFT) - 1n;

/**
 * Numbers a job's updates: a checkpoint's number follows from its epoch alone, and what is said after it counts on from
 * there. So the numbers of checkpoints need not be stored, and are the same again after a crash.
 */
export class SequenceCounter {
  #last = 0n;

  /** The number of an update that is no checkpoint. */
  next(): bigint {
    if ((this.#last & LAST) !== LAST) this.#last++;
    return this.#last;
  }

  /** The number of an epoch's checkpoint. */
  checkpoint(epoch: number): bigint {
    this.#last = checkpointSequence(epoch);
    return this.#last;
  }
}

/** The number of an epoch's checkpoint. */
export function checkpointSequence(epoch: number): bigint {
  return BigInt(epoch) << SHIFT;
}

/** The newest epoch whose checkpoint has a number up to this one. */
export function epochAt(sequence: bigint): number {
  return Number(sequence >> SHIFT);
}
