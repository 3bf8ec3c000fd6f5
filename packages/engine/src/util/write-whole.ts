import { open, rename } from "node:fs/promises";

/** Replaces a file so that a crash leaves the old or the new content, on disk when this returns. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
