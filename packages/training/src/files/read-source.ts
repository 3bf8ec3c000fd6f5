import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CyxwizError } from "@cyxwiz/errors";
import { gunzip, looksLikeGzip } from "../data/gunzip.ts";

/** The most that one file may hold, also after decompression. */
const MAX_FILE_BYTES = 1024 ** 3;

/**
 * Reads a data file, decompressed when it is gzip.
 *
 * @param path see {@link resolveSource}
 * @throws CyxwizError `DATA_INVALID` when it is missing, no file, or too large; `ABORTED`.
 */
export async function readSource(path: string, baseDir: string, signal?: AbortSignal): Promise<Uint8Array> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new CyxwizError("DATA_INVALID", { source: path, problem }, { cause });
  };
  const file = resolveSource(path, baseDir);
  let bytes: Uint8Array;
  try {
    await using handle = await open(file);
    const stat = await handle.stat();
    if (!stat.isFile()) return fail(`${file} is not a file.`);
    if (stat.size > MAX_FILE_BYTES) return fail(`${file} has ${stat.size} bytes; the limit is ${MAX_FILE_BYTES}.`);
    const { buffer, byteOffset, byteLength } = await handle.readFile({ signal });
    bytes = new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    if (cause instanceof CyxwizError) throw cause;
    if (signal?.aborted) throw new CyxwizError("ABORTED", { what: `Reading ${path}` }, { cause });
    const reason = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(cause);
    return fail(`cannot read ${file}: ${reason}.`, cause);
  }
  return looksLikeGzip(bytes) ? gunzip(bytes, path, MAX_FILE_BYTES) : bytes;
}

/**
 * Where a data file is.
 *
 * @param path absolute, a `file://` URL, relative to `baseDir`, or `npm:<package>/<file>` for a file of an installed package.
 * @throws CyxwizError `DATA_INVALID` for a package that is not installed, or a URL of another machine
 */
export function resolveSource(path: string, baseDir: string): string {
  if (path.startsWith("file:")) return fileOf(path);
  if (!path.startsWith("npm:")) return resolve(baseDir, path);
  const name = path.slice("npm:".length);
  for (const from of [resolve(baseDir, "job.json"), import.meta.url]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // Not installed there; the next place may have it.
    }
  }
  const problem = "the package is not installed, or has no such file. Install it with npm install.";
  throw new CyxwizError("DATA_INVALID", { source: path, problem });
}

function fileOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    const problem = `it names no file of this machine: ${(cause as Error).message}.`;
    throw new CyxwizError("DATA_INVALID", { source: url, problem }, { cause });
  }
}
