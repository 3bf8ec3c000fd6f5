import type { Hash } from "./bytes.ts";

const HASH_BYTES = 32;

/** Hashes one after the other in one growing buffer: 32 bytes each, without an object for each. */
export class HashList {
  #bytes = new Uint8Array(4 * HASH_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(hash: Hash): void {
    const end = (this.#length + 1) * HASH_BYTES;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(hash, end - HASH_BYTES);
    this.#length++;
  }

  /** A view into the list: to be read, and to be copied before it is given away. */
  view(index: number): Hash {
    if (index >= this.#length) throw new RangeError(`hash ${index} is not one of ${this.#length}`);
    return this.#bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}
