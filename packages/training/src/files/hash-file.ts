import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

const READ_BYTES = 1024 * 1024;

/** SHA-256 of a file, read in pieces. Throws what the file system throws. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const hash = createHash("sha256");
  const bytes = createReadStream(path, { highWaterMark: READ_BYTES, ...(signal && { signal }) });
  for await (const piece of bytes) hash.update(piece as Buffer);
  return hash.digest();
}
