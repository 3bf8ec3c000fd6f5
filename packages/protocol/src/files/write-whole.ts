import { open, rename } from "node:fs/promises";

/**
 * Replaces a file so that a crash leaves the old or the new content, on disk when this returns. Only its owner may
 * read it, unless `mode` says otherwise. Throws what the file system throws.
 */
export async function writeWhole(path: string, text: string, mode = 0o600): Promise<void> {
  const file = await open(`${path}.new`, "w", mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
