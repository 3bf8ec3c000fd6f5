import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

const READ_BYTES = 1024 * 1024;

/** A file that grows from its start, and whose hash grows with it: what lies there has arrived, in order. */
export class PartFile {
  readonly #handle: FileHandle;
  readonly #hash: Hash;
  #size: number;

  private constructor(handle: FileHandle, hash: Hash, size: number) {
    this.#handle = handle;
    this.#hash = hash;
    this.#size = size;
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
  }

  // In one go: `appendFile` goes through the event loop for every half MiB.
  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.#handle.write(bytes, done, bytes.length - done)).bytesWritten;
    }
  }

  /** SHA-256 (hex) of all of it, once it is on the disk. */
  async finish(): Promise<string> {
    await this.#handle.sync();
    return this.#hash.digest("hex");
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
