import { open, rename, rm } from "node:fs/promises";

/**
 * Replaces a file so that a crash leaves the old or the new content, on disk when this returns. Only its owner may
 * read it, unless `mode` says otherwise. Throws what the file system throws, and then leaves nothing behind.
 */
export async function writeWhole(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const part = `${path}.new`;
  try {
    const file = await open(part, "w", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}
