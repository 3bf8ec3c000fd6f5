import { CyxwizError } from "./cyxwiz-error.ts";

/**
 * Runs what writes to the disk, or reads from it; what the file system throws becomes an error of ours.
 *
 * @param what is written, for the message
 * @throws CyxwizError `STORAGE_FAILED`
 */
export async function storing<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof CyxwizError) throw error;
    const cause = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CyxwizError("STORAGE_FAILED", { what, cause }, { cause: error });
  }
}
