import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Replaces a small file, with its directory, so that a crash leaves the old or the new content, on disk when this
 * returns. Only its owner may read it. Throws what the file system throws, and then leaves nothing behind.
 */
export function writeWholeSync(path: string, text: string): void {
  const part = `${path}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, text, { mode: 0o600, flush: true });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
