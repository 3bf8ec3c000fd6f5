/** A seeded source of whole numbers: sfc32, Chris Doty-Humphrey's "small fast counting" generator of PractRand. */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.of(0, seed, Math.floor(seed / 2 ** 32), 1);
    for (let round = 0; round < 12; round++) this.#next();
  }

  /** Evenly from 0 to below `bound`, which is at most 2^32. */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const bits = this.#next();
      if (bits < limit) return bits % bound;
    }
  }

  #next(): number {
    const state = this.#state;
    const [a, b, c, counter] = state as unknown as [number, number, number, number];
    const result = (a + b + counter) >>> 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + result;
    state[3] = counter + 1;
    return result;
  }
}
