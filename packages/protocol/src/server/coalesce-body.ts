import type { Readable } from "node:stream";

const MAX_CHUNK_BYTES = 1024 * 1024;

/**
 * Has a request's body come in few large chunks instead of one for each 16 KiB frame. Connect's decoder adds up the
 * sizes of all chunks it holds whenever one arrives, which takes seconds for a message of 100 MB. What has arrived
 * goes on with the next turn of the event loop, so that small messages wait for nothing.
 */
export function coalesceBody(request: Readable): void {
  const iterate = request[Symbol.asyncIterator].bind(request);
  Object.defineProperty(request, Symbol.asyncIterator, { value: () => coalesce(iterate()) });
}

async function* coalesce(chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, undefined, undefined> {
  let ended = false;
  // It may fail while nobody waits for it: whoever reads on is told, and whoever does not is not interested.
  const ask = () => {
    const asked = chunks.next();
    asked.catch(() => {});
    return asked;
  };
  let next = ask();
  try {
    while (!ended) {
      const held: Uint8Array[] = [];
      let bytes = 0;
      let result: IteratorResult<Uint8Array> | undefined = await next;
      while (result && !result.done) {
        held.push(result.value);
        bytes += result.value.byteLength;
        next = ask();
        result = bytes < MAX_CHUNK_BYTES ? await arrived(next) : undefined;
      }
      ended = result?.done === true;
      if (held.length > 0) yield held.length === 1 ? (held[0] as Uint8Array) : Buffer.concat(held, bytes);
    }
    return undefined;
  } finally {
    if (!ended) await chunks.return?.();
  }
}

/** What a promise resolves with, if it does so within this turn of the event loop. */
function arrived<T>(promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);
}
