import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

const READ_BYTES = 1024 * 1024;
/** So much is left to be brought to the disk when all has arrived, at most about; the rest went while more came. */
const SYNC_EVERY_BYTES = 64 * 1024 * 1024;

/** A file that grows from its start, and whose hash grows with it: what lies there has arrived, in order. */
export class PartFile {
  readonly #handle: FileHandle;
  readonly #hash: Hash;
  #size: number;
  #syncedSize: number;
  #syncing: Promise<void> | undefined;
  #syncFailure: unknown;

  private constructor(handle: FileHandle, hash: Hash, size: number) {
    this.#handle = handle;
    this.#hash = hash;
    this.#size = size;
    this.#syncedSize = size;
  }

  /** Opens or makes the file; what lies there already is hashed. */
  static async open(path: string): Promise<PartFile> {
    const handle = await open(path, "a+");
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    for (let size = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, size);
      if (bytesRead === 0) return new PartFile(handle, hash, size);
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Hashed and written when this returns. */
  async append(bytes: Uint8Array): Promise<void> {
    const writing = this.#write(bytes);
    this.#hash.update(bytes);
    await writing;
    this.#size += bytes.length;
    if (this.#size - this.#syncedSize >= SYNC_EVERY_BYTES) this.#syncBeside();
  }

  /** Brings to the disk what has been written, while more comes in; failures come with `finish`. */
  #syncBeside(): void {
    if (this.#syncing) return;
    this.#syncedSize = this.#size;
    this.#syncing = this.#handle
      .datasync()
      .catch((error: unknown) => {
        this.#syncFailure ??= error;
      })
      .finally(() => {
        this.#syncing = undefined;
      });
  }

  // In one go: `appendFile` goes through the event loop for every half MiB.
  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.#handle.write(bytes, done, bytes.length - done)).bytesWritten;
    }
  }

  /** SHA-256 (hex) of all of it, once it is on the disk. */
  async finish(): Promise<string> {
    await this.#syncing;
    await this.#handle.sync();
    // A failure is told once: the last call may succeed although something was lost.
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    return this.#hash.digest("hex");
  }

  async close(): Promise<void> {
    await this.#syncing;
    await this.#handle.close();
  }
}
