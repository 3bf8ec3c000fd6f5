import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { backoffMs, throwIfAborted, wait } from "@cyxwiz/chain";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { RangeConnection, type RemoteFile } from "@cyxwiz/peer";
import { fetchParts } from "./fetch-parts.ts";
import { PartFile } from "./part-file.ts";

/** Which weights to fetch, from where, and where to put them. */
export interface WeightsDownload extends RemoteFile {
  /** SHA-256 (hex) that the whole file must have. Without it, what the node says as it begins: for a partial model. */
  readonly sha256?: string;
  /** Where the file goes; `<path>.part` until it is whole and verified. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Gives up when nothing has come for this long. */
  readonly withinMs?: number;
}

const WHAT = "Downloading the weights";
const BACKOFF = { firstMs: 100, maxMs: 2_000 };

/**
 * Fetches the weights by HTTPS ranges, several at a time. What an earlier attempt, or an earlier process, has left in
 * `<path>.part` is not fetched again. The file gets its name only once its hash is the expected one.
 *
 * @throws CyxwizError `WEIGHTS_CORRUPT` when the node serves other bytes than it promised; `UNREACHABLE`; `ABORTED`;
 * why the node refuses it.
 */
export async function downloadWeights(options: WeightsDownload): Promise<{ bytes: number; sha256: string }> {
  const part = `${options.path}.part`;
  await mkdir(dirname(part), { recursive: true });
  let fetched = await fetchInto(part, options);
  if (fetched.sha256 !== fetched.expected && fetched.resumed) {
    // What lay there may have belonged to another job.
    await rm(part, { force: true });
    fetched = await fetchInto(part, options);
  }
  const { expected, sha256: actual, bytes } = fetched;
  if (actual !== expected) {
    await rm(part, { force: true });
    throw new CyxwizError("WEIGHTS_CORRUPT", { expected, actual });
  }
  await rename(part, options.path);
  return { bytes, sha256: actual };
}

/** Completes the file, however often the connection is lost on the way, as long as something comes. */
async function fetchInto(part: string, options: WeightsDownload) {
  const { signal, withinMs = 120_000 } = options;
  let expected = options.sha256 ?? "none";
  const begun = (sha256: string | undefined) => {
    expected = options.sha256 ?? sha256 ?? expected;
    if (sha256 !== undefined && sha256 !== expected) {
      throw new CyxwizError("WEIGHTS_CORRUPT", { expected, actual: sha256 });
    }
  };
  const connect = (laneSignal: AbortSignal) => RangeConnection.open(options, laneSignal);
  const file = await PartFile.open(part);
  try {
    const resumed = file.size > 0;
    let [size, heardMs, failures] = [file.size, performance.now(), 0];
    for (;;) {
      throwIfAborted(WHAT, signal);
      try {
        await fetchParts(file, { connect, begun, signal });
        return { expected, sha256: await file.finish(), bytes: file.size, resumed };
      } catch (error) {
        throwIfAborted(WHAT, signal);
        if (file.size > size) [size, heardMs, failures] = [file.size, performance.now(), 0];
        const passing = isCyxwizError(error, "UNREACHABLE") || isCyxwizError(error, "TIMED_OUT");
        if (!passing || performance.now() - heardMs > withinMs) throw error;
        await wait(backoffMs(BACKOFF, ++failures), WHAT, signal);
      }
    }
  } finally {
    await file.close();
  }
}
