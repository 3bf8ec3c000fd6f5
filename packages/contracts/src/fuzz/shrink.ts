/**
 * The shortest part of a failing sequence that still fails, each of its items as simple as possible. Takes away halves,
 * then quarters, and so on; fast-check's own way tries thousands of sequences more, and each one costs milliseconds.
 */
export function shrinkSequence<T>(
  failing: readonly T[],
  simpler: (item: T) => Iterable<T>,
  fails: (items: readonly T[]) => boolean,
): readonly T[] {
  let shortest = failing;
  for (let before = Number.POSITIVE_INFINITY; shortest.length < before; ) {
    before = shortest.length;
    shortest = simplified(shortened(shortest, fails), simpler, fails);
  }
  return shortest;
}

function shortened<T>(failing: readonly T[], fails: (items: readonly T[]) => boolean): readonly T[] {
  let shortest = failing;
  for (let size = Math.ceil(shortest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // From the end: what comes last needs what was before.
    for (let start = shortest.length - size; start > -size; start -= size) {
      const without = [...shortest.slice(0, Math.max(0, start)), ...shortest.slice(Math.max(0, start + size))];
      if (without.length < shortest.length && fails(without)) shortest = without;
    }
  }
  return shortest;
}

function simplified<T>(
  failing: readonly T[],
  simpler: (item: T) => Iterable<T>,
  fails: (items: readonly T[]) => boolean,
): readonly T[] {
  let simplest = failing;
  for (let index = 0; index < simplest.length; index++) {
    for (const item of simpler(simplest[index] as T)) {
      const changed = simplest.with(index, item);
      if (fails(changed)) simplest = changed;
    }
  }
  return simplest;
}
