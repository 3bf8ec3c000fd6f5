/**
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"): a counter turned into random bits by
 * ten rounds of integer multiplication. It has no state to save: the same seed, stream and index give the same
 * number on every machine, so a run can go on from any epoch.
 */
export class Philox {
  readonly #key0: number;
  readonly #key1: number;
  readonly #stream0: number;
  readonly #stream1: number;
  readonly #block = new Uint32Array(4);
  #counter = 0;
  #used = 4;

  /**
   * @param seed a whole number from 0 to 2^53 − 1.
   * @param purpose keeps independent uses of one seed apart; 32 bits.
   * @param index which of many sequences of that purpose, e.g. the step; a whole number below 2^32.
   */
  constructor(seed: number, purpose: number, index: number) {
    this.#key0 = seed >>> 0;
    this.#key1 = Math.floor(seed / 2 ** 32) >>> 0;
    this.#stream0 = purpose >>> 0;
    this.#stream1 = index >>> 0;
  }

  /** 32 random bits. */
  uint32(): number {
    if (this.#used === 4) {
      const low = this.#counter >>> 0;
      const high = Math.floor(this.#counter / 2 ** 32) >>> 0;
      philoxBlock(this.#block, low, high, this.#stream0, this.#stream1, this.#key0, this.#key1);
      this.#counter++;
      this.#used = 0;
    }
    return this.#block[this.#used++] as number;
  }

  /** A number in [0, 1) with 24 random bits, which float32 holds exactly. */
  uniform(): number {
    return (this.uint32() >>> 8) / 2 ** 24;
  }

  /** A whole number in [0, bound), without bias (Lemire's rejection). `bound` is at most 2^32. */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const value = this.uint32();
      if (value < limit) return value % bound;
    }
  }

  /**
   * About normal with mean 0 and variance 1: the sum of 12 uniform numbers less 6. Unlike Box–Muller it needs no
   * logarithm or cosine, whose last bits differ between JavaScript engines.
   */
  normal(): number {
    let sum = -6;
    for (let term = 0; term < 12; term++) sum += this.uniform();
    return sum;
  }
}

/** One block: writes four random words for a counter of four words and a key of two. */
export function philoxBlock(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = (middle & 0xffff) + a0 * b1;
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(carry / 65536)) | 0;
}
