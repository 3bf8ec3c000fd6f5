import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

const READ_BYTES = 1024 * 1024;

/** SHA-256 of a file, read in pieces. Throws what the file system throws. */
export async function hashFile(path: string, signal: AbortSignal): Promise<Uint8Array> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path, { highWaterMark: READ_BYTES, signal })) hash.update(bytes as Buffer);
  return hash.digest();
}
