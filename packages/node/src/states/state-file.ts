import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline, type Readable, Transform } from "node:stream";
import { promisify } from "node:util";
import { constants, createZstdDecompress, zstdCompress, zstdDecompress } from "node:zlib";

/** A training state as it lies on disk. Its name says all of this, so that there is no index to go wrong. */
export interface StateFile {
  readonly path: string;
  readonly epoch: number;
  /** Of the canonical bytes, hex. */
  readonly sha256: string;
  /** Canonical bytes. */
  readonly size: number;
  readonly compressed: boolean;
  /** Bytes on disk. */
  readonly storedBytes: number;
  readonly storedAtMs: number;
}

const NAME = /^(\d{1,9})-(\d{1,15})-([0-9a-f]{64})(\.zst)?$/;

export function stateFileName(state: Pick<StateFile, "epoch" | "size" | "sha256" | "compressed">): string {
  return `${state.epoch}-${state.size}-${state.sha256}${state.compressed ? ".zst" : ""}`;
}

/** What a file's name says; `undefined` for a name that is none. */
export function parseStateFileName(
  name: string,
): Pick<StateFile, "epoch" | "size" | "sha256" | "compressed"> | undefined {
  const [, epoch, size, sha256, zst] = NAME.exec(name) ?? [];
  if (sha256 === undefined) return undefined;
  return { epoch: Number(epoch), size: Number(size), sha256, compressed: zst !== undefined };
}

/** Level 1 takes a twelfth off trained float32 weights, and all that is zero; higher levels take longer for the same. */
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const compressBytes = promisify(zstdCompress);
const decompressBytes = promisify(zstdDecompress);

export function compress(bytes: Uint8Array): Promise<Uint8Array> {
  return compressBytes(bytes, COMPRESSION);
}

/** The canonical bytes. Throws what the file system or the decompression throws. */
export async function readState(file: StateFile): Promise<Uint8Array> {
  const bytes = await readFile(file.path);
  return file.compressed ? decompressBytes(bytes) : bytes;
}

/** Canonical bytes from `start` to before `end`; a compressed file is unpacked up to there, in little memory. */
export function streamState(file: StateFile, start: number, end: number): Readable {
  if (!file.compressed) return createReadStream(file.path, { start, end: end - 1, highWaterMark: 256 * 1024 });
  let at = 0;
  const source = createReadStream(file.path);
  const part = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      const from = Math.max(0, start - at);
      const to = Math.min(chunk.length, end - at);
      at += chunk.length;
      if (to > from) this.push(chunk.subarray(from, to));
      // The rest need not be unpacked.
      if (at >= end) this.push(null);
      done();
    },
  });
  const unpacked = createZstdDecompress();
  const finish = (error: Error | null | undefined) => {
    if (error && !part.readableEnded) part.destroy(error);
  };
  pipeline(source, unpacked, part, finish);
  return part;
}
