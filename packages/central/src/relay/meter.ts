import { Transform, type TransformCallback } from "node:stream";
import type { RateLimit } from "./rate-limit.ts";

// Shorter waits than a timer can keep are added up.
const MIN_WAIT_MS = 4;

/** Lets bytes pass at the speed of a limit, and counts them. What it holds is one chunk and the stream's own buffers. */
export class Meter extends Transform {
  readonly #limit: RateLimit;
  readonly #count: (bytes: number) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: RateLimit, count: (bytes: number) => void) {
    super();
    this.#limit = limit;
    this.#count = count;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#count(chunk.length);
    const waitMs = this.#limit.take(chunk.length);
    if (waitMs < MIN_WAIT_MS) done(null, chunk);
    else this.#timer = setTimeout(done, waitMs, null, chunk);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    done(error);
  }
}
