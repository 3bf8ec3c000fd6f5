import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import { sha256Bulk, toHex } from "@cyxwiz/proof";

const FILE = "weights.safetensors";
/** Beside the weights: who may have them after a restart. */
export const SESSION_FILE = "session.json";

/** Trained weights as they lie on disk. */
export interface StoredWeights {
  readonly path: string;
  readonly size: number;
  /** SHA-256, hex: the job's result hash. */
  readonly sha256: string;
}

/** Keeps each job's weights as `jobs/<id>/weights.safetensors` in the node's data directory. */
export class WeightsStore {
  readonly #directory: string;

  constructor(dataDir: string) {
    this.#directory = join(dataDir, "jobs");
  }

  /**
   * Writes the file whole or not at all: it has its name only once its bytes are on the disk.
   * Throws STORAGE_FAILED, and then leaves nothing behind.
   */
  async save(jobId: string, bytes: Uint8Array): Promise<StoredWeights> {
    const directory = join(this.#directory, jobId);
    const path = join(directory, FILE);
    const part = `${path}.part`;
    try {
      await mkdir(directory, { recursive: true });
      await withFile(part, "w", async (file) => {
        await file.writeFile(bytes);
        await file.sync();
      });
      await rename(part, path);
      // The new name itself is only durable once the directory is.
      await withFile(directory, "r", (file) => file.sync());
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      const cause = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new CyxwizError("STORAGE_FAILED", { what: `The weights of job ${jobId}`, cause }, { cause: error });
    }
    return { path, size: bytes.length, sha256: toHex(await sha256Bulk(bytes)) };
  }

  /** Removes the weights that were stored before a time, so that the disk does not fill up. Gives their jobs' ids. */
  async removeBefore(timeMs: number): Promise<string[]> {
    const removed: string[] = [];
    for (const jobId of await readdir(this.#directory).catch(() => [])) {
      const directory = join(this.#directory, jobId);
      const stored = await stat(join(directory, FILE)).catch(() => undefined);
      if (!stored || stored.mtimeMs >= timeMs) continue;
      await rm(join(directory, FILE), { force: true });
      await rm(join(directory, SESSION_FILE), { force: true });
      // A report that Central has not taken yet may still lie there.
      await rmdir(directory).catch(() => undefined);
      removed.push(jobId);
    }
    return removed;
  }
}

async function withFile(path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
