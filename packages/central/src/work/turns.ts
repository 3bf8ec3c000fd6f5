/** Has work wait for the work before it. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Turns that are taken one after the other, in the order in which they were asked for. */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
