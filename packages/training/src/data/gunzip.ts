import { CyxwizError } from "@cyxwiz/errors";

/** True for bytes that begin like gzip. */
export function looksLikeGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses gzip, in Node and in browsers.
 *
 * @param limitBytes of the decompressed data: a small file can hold a very large one.
 * @throws CyxwizError `DATA_INVALID` when truncated, damaged or too large.
 */
export async function gunzip(bytes: Uint8Array, source: string, limitBytes: number): Promise<Uint8Array> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new CyxwizError("DATA_INVALID", { source, problem }, { cause });
  };
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    let result: ReadableStreamReadResult<Uint8Array>;
    try {
      result = await reader.read();
    } catch (cause) {
      return fail("damaged or truncated gzip data.", cause);
    }
    if (result.done) break;
    length += result.value.length;
    if (length > limitBytes) {
      await reader.cancel();
      return fail(`it decompresses to more than ${limitBytes} bytes.`);
    }
    chunks.push(result.value);
  }
  const all = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
