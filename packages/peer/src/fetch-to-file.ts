import { type FileHandle, open } from "node:fs/promises";
import { retry } from "@cyxwiz/chain";
import { CyxwizError, isCyxwizError, storing } from "@cyxwiz/errors";
import type { RangeConnection } from "./range-connection.ts";
import type { WholeFile } from "./whole-file.ts";
import { FETCHING, withConnection } from "./with-connection.ts";

const STORED = "What the node serves";
const WITHIN_MS = 60_000;
/** What is in memory at a time. */
const PART_BYTES = 8 * 1024 * 1024;

/**
 * Fetches a file of a node's, of any size, into a file, part by part. What breaks off goes on after the last whole part, if
 * the node still serves the same file. Whether its bytes are the right ones is the caller's to check.
 *
 * @returns its size
 * @throws CyxwizError as `fetchWhole` does, `STORAGE_FAILED`
 */
export async function fetchToFile(file: WholeFile, path: string): Promise<number> {
  await using handle = await storing(STORED, () => open(path, "w", 0o600));
  const download = new Download(file, handle);
  // As long as parts come, it is not given up.
  for (;;) {
    const before = download.at;
    try {
      const when = (error: unknown) =>
        download.at === before && (isCyxwizError(error, "UNREACHABLE") || isCyxwizError(error, "TIMED_OUT"));
      return await retry(() => download.goOn(), { what: FETCHING, signal: file.signal, withinMs: WITHIN_MS, when });
    } catch (error) {
      if (download.at === before) throw error;
    }
  }
}

class Download {
  readonly #file: WholeFile;
  readonly #handle: FileHandle;
  readonly #buffer = new Uint8Array(PART_BYTES);
  #known: { readonly total: number; readonly sha256: string | undefined } | undefined;
  /** Bytes that are written. */
  at = 0;

  constructor(file: WholeFile, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  /** Fetches what is missing over one connection. */
  goOn(): Promise<number> {
    return withConnection(this.#file, async (connection) => {
      while (this.#known === undefined || this.at < this.#known.total) await this.#fetchPart(connection);
      return this.at;
    });
  }

  async #fetchPart(connection: RangeConnection): Promise<void> {
    const { maxBytes, url } = this.#file;
    const { bytes, total, sha256 } = await connection.get({
      start: this.at,
      maxBytes: PART_BYTES,
      into: (answer) => {
        if (answer.total > maxBytes) {
          throw new CyxwizError("MESSAGE_TOO_LARGE", { what: url, bytes: answer.total, limitBytes: maxBytes });
        }
        return this.#buffer;
      },
    });
    this.#known ??= { total, sha256 };
    const same = total === this.#known.total && sha256 === this.#known.sha256;
    if (!same || (bytes === 0 && this.at < total)) {
      const cause = "the file has changed meanwhile, or is sent only in part";
      throw new CyxwizError("UNREACHABLE", { peer: "the node", address: new URL(url).host, cause });
    }
    await storing(STORED, async () => {
      for (let done = 0; done < bytes; ) {
        done += (await this.#handle.write(this.#buffer, done, bytes - done, this.at + done)).bytesWritten;
      }
    });
    this.at += bytes;
  }
}
