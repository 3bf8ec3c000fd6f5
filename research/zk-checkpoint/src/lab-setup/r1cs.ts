/** One place of one of the three matrices. */
export interface Term {
  readonly matrix: 0 | 1 | 2;
  readonly constraint: number;
  readonly wire: number;
  readonly coefficient: bigint;
}

/** The constraints of a circuit: for each, (A·w) × (B·w) = C·w. */
export interface R1cs {
  readonly wires: number;
  /** Wires 1 to this are public; wire 0 is 1. */
  readonly publicWires: number;
  readonly constraints: number;
  terms(): Generator<Term>;
}

/** Reads circom's binary form (github.com/iden3/r1csfile, version 1). Throws RangeError for anything else. */
export function readR1cs(file: Uint8Array): R1cs {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (new TextDecoder().decode(file.subarray(0, 4)) !== "r1cs" || view.getUint32(4, true) !== 1) {
    throw new RangeError("not an r1cs file of version 1");
  }
  const sections = new Map<number, number>();
  for (let at = 12, left = view.getUint32(8, true); left > 0; left--) {
    sections.set(view.getUint32(at, true), at + 12);
    at += 12 + Number(view.getBigUint64(at + 4, true));
  }
  const header = sections.get(1)!;
  const bytes = view.getUint32(header, true);
  const number = (index: number) => view.getUint32(header + 4 + bytes + 4 * index, true);
  const constraints = view.getUint32(header + 4 + bytes + 24, true);
  return {
    wires: number(0),
    publicWires: number(1) + number(2),
    constraints,
    *terms() {
      let at = sections.get(2)!;
      for (let constraint = 0; constraint < constraints; constraint++) {
        for (const matrix of [0, 1, 2] as const) {
          const count = view.getUint32(at, true);
          at += 4;
          for (let term = 0; term < count; term++, at += 4 + bytes) {
            const words = [24, 16, 8, 0].map((offset) => view.getBigUint64(at + 4 + offset, true));
            const coefficient = words.reduce((sum, word) => (sum << 64n) | word);
            yield { matrix, constraint, wire: view.getUint32(at, true), coefficient };
          }
        }
      }
    },
  };
}
