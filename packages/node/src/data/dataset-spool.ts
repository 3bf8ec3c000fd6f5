import { copyFile, type FileHandle, link, mkdir, open, rename, rm, rmdir, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { CyxwizError, storing } from "@cyxwiz/errors";
import { datasetPath, spoolPath } from "../states/job-directory.ts";

const WHAT = "A job's data set";
/** Of what is free on the disk, so much may be filled with data that others choose. */
const SHARE_OF_FREE = 0.9;

/** A data set on its way to the disk. It has its name there only once it was found good; until then it can vanish. */
export class DatasetSpool {
  readonly path: string;
  readonly #final: string;
  readonly #limitBytes: number;
  readonly #source: string;
  #handle: FileHandle | undefined;

  private constructor(place: { readonly dataDir: string; readonly jobId: string }, limitBytes: number, source: string) {
    this.path = spoolPath(place.dataDir, place.jobId);
    this.#final = datasetPath(place.dataDir, place.jobId);
    this.#limitBytes = limitBytes;
    this.#source = source;
  }

  /**
   * Begins an empty one in the job's directory.
   *
   * @param options.limitBytes the most that it may hold, if the disk has room for as much and more
   * @param options.source what errors call it
   * @throws CyxwizError `STORAGE_FAILED`
   */
  static async create(options: {
    readonly dataDir: string;
    readonly jobId: string;
    readonly limitBytes: number;
    readonly source: string;
  }): Promise<DatasetSpool> {
    const limitBytes = Math.min(options.limitBytes, await roomIn(options.dataDir));
    const spool = new DatasetSpool(options, limitBytes, options.source);
    await storing(WHAT, async () => {
      await mkdir(dirname(spool.path), { recursive: true });
      spool.#handle = await open(spool.path, "w+", 0o600);
    });
    return spool;
  }

  /** Throws `DATA_TOO_LARGE` for a size that is over the limit. */
  assertFits(bytes: number): void {
    if (bytes <= this.#limitBytes) return;
    throw new CyxwizError("DATA_TOO_LARGE", { source: this.#source, limitBytes: this.#limitBytes });
  }

  /** Writes bytes to a place in it. Throws `DATA_TOO_LARGE`, `STORAGE_FAILED`. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    this.assertFits(position + bytes.length);
    await storing(WHAT, async () => {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#open.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    });
  }

  /** Cuts it off. */
  async truncate(bytes: number): Promise<void> {
    await storing(WHAT, () => this.#open.truncate(bytes));
  }

  /** Has it be what another file of the node holds, which is not copied where the file system can do without. */
  async become(path: string): Promise<void> {
    await storing(WHAT, async () => {
      await this.close();
      await rm(this.path, { force: true });
      await link(path, this.path).catch(() => copyFile(path, this.path));
    });
  }

  /** Nothing more is written to it; it can be read. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    if (!handle) return;
    await storing(WHAT, async () => {
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  /** Gives it its name, for good. Returns its path. */
  async keep(): Promise<string> {
    await this.close();
    await storing(WHAT, () => rename(this.path, this.#final));
    return this.#final;
  }

  /** Removes it with what was made for it; never rejects. */
  async discard(): Promise<void> {
    await this.#handle?.close().catch(() => undefined);
    this.#handle = undefined;
    await rm(this.path, { force: true }).catch(() => undefined);
    // Stays where something else lies in it.
    await rmdir(dirname(this.path)).catch(() => undefined);
  }

  get #open(): FileHandle {
    if (this.#handle) return this.#handle;
    throw new CyxwizError("INTERNAL", { what: "a data set was written to after its end" });
  }
}

async function roomIn(directory: string): Promise<number> {
  const { bavail, bsize } = await storing(WHAT, () => statfs(directory));
  return Math.floor(bavail * bsize * SHARE_OF_FREE);
}
