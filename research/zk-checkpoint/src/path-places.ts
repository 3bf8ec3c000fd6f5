/**
 * For each sibling of the audit path of leaf `index` of `size`, from the leaf up, whether it stands on the left
 * (RFC 9162, section 2.1.3.2). Throws RangeError for an index outside the leaves.
 */
export function siblingsOnLeft(index: number, size: number): boolean[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`there is no leaf ${index} of ${size}`);
  const onLeft: boolean[] = [];
  let [position, last] = [index, size - 1];
  while (last > 0) {
    const isLeft = position % 2 === 1 || position === last;
    onLeft.push(isLeft);
    // At the right edge a node without a sibling goes up as it is.
    while (isLeft && position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    [position, last] = [half(position), half(last)];
  }
  return onLeft;
}

const half = (value: number): number => Math.floor(value / 2);
