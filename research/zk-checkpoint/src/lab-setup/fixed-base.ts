import type { Curve } from "ffjavascript";

const WINDOWS = 32;
const DIGITS = 256;
const AT_ONCE = 1_024;
const PAGE_BYTES = 65_536;

/** Multiplies one group's generator by many scalars: a table of all multiples of a byte at each of 32 places. */
export class FixedBase {
  /** Of a point as the proving key has it: affine, Montgomery form, little-endian. */
  readonly pointBytes: number;
  readonly #curve: Curve;
  readonly #group: "g1m" | "g2m";
  readonly #jacobianBytes: number;
  readonly #table: number;
  readonly #sums: number;
  readonly #points: number;

  constructor(curve: Curve, group: "g1m" | "g2m") {
    this.#curve = curve;
    this.#group = group;
    this.pointBytes = group === "g1m" ? 64 : 128;
    this.#jacobianBytes = (this.pointBytes / 2) * 3;
    this.#table = this.#allocate(WINDOWS * DIGITS * this.pointBytes);
    this.#sums = this.#allocate(AT_ONCE * this.#jacobianBytes);
    this.#points = this.#allocate(AT_ONCE * this.pointBytes);
    this.#fillTable(group === "g1m" ? curve.tm.pG1gen : curve.tm.pG2gen);
  }

  /** The points of scalars below 2^256, one after the other. */
  multiply(scalars: readonly bigint[]): Uint8Array {
    const result = new Uint8Array(scalars.length * this.pointBytes);
    for (let first = 0; first < scalars.length; first += AT_ONCE) {
      const some = scalars.slice(first, first + AT_ONCE);
      for (const [index, scalar] of some.entries()) this.#sum(scalar, this.#sums + index * this.#jacobianBytes);
      this.#call("batchToAffine", this.#sums, some.length, this.#points);
      const points = new Uint8Array(this.#curve.tm.memory.buffer, this.#points, some.length * this.pointBytes);
      result.set(points, first * this.pointBytes);
    }
    return result;
  }

  #sum(scalar: bigint, sum: number): void {
    this.#call("zero", sum);
    let [rest, place] = [scalar, 0];
    while (rest > 0n) {
      // Eight digits at a time: shifting a bigint costs more than adding points.
      let word = Number(rest & 0xffffffffn);
      for (let digit = 0; digit < 4; digit++, place++, word >>>= 8) {
        if ((word & 255) !== 0) this.#call("addMixed", sum, this.#entry(place, word & 255), sum);
      }
      rest >>= 32n;
    }
  }

  #fillTable(generator: number): void {
    const row = this.#sums;
    const base = this.#allocate(this.#jacobianBytes);
    this.#call("copy", generator, base);
    for (let place = 0; place < WINDOWS; place++) {
      this.#call("zero", row);
      for (let digit = 1; digit < DIGITS; digit++) {
        const before = row + (digit - 1) * this.#jacobianBytes;
        this.#call("add", before, base, before + this.#jacobianBytes);
      }
      this.#call("batchToAffine", row, DIGITS, this.#entry(place, 0));
      for (let doubled = 0; doubled < 8; doubled++) this.#call("double", base, base);
    }
  }

  // Behind all that the library keeps for itself, whose own allocator knows only the memory it began with.
  #allocate(bytes: number): number {
    return this.#curve.tm.memory.grow(Math.ceil(bytes / PAGE_BYTES)) * PAGE_BYTES;
  }

  #entry(place: number, digit: number): number {
    return this.#table + (place * DIGITS + digit) * this.pointBytes;
  }

  #call(operation: string, ...pointers: number[]): void {
    this.#curve.tm.instance.exports[`${this.#group}_${operation}`]!(...pointers);
  }
}
