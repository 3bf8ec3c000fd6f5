import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Entry } from "./entry.ts";
import { encodeLine } from "./line.ts";

const CHUNK_CHARS = 1 << 20;

/**
 * Writes a snapshot beside the journal, adds the lines that came meanwhile (`tail`, which the caller goes on filling),
 * and puts it in the journal's place in one step. Gives the new file, open for appending.
 */
export async function compactJournal(path: string, snapshot: Iterable<Entry>, tail: string[]): Promise<number> {
  const fresh = `${path}.new`;
  const writer = await open(fresh, "w", 0o600);
  try {
    let chunk = "";
    for (const entry of snapshot) {
      chunk += encodeLine(entry);
      if (chunk.length < CHUNK_CHARS) continue;
      await writer.write(chunk);
      chunk = "";
    }
    await writer.write(chunk);
    await writer.sync();
  } finally {
    await writer.close();
  }
  // From here on without a pause, so that no line can slip in between the tail and the swap.
  const file = openSync(fresh, "a", 0o600);
  try {
    writeSync(file, tail.join(""));
    fsyncSync(file);
    renameSync(fresh, path);
    const directory = openSync(dirname(path), "r");
    fsyncSync(directory);
    closeSync(directory);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return file;
}
