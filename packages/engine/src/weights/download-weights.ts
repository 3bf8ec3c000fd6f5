import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { TLSSocket } from "node:tls";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { retry } from "../util/retry.ts";
import { fetchRange } from "./fetch-range.ts";

/** Which weights to fetch, from where, and where to put them. */
export interface WeightsDownload {
  /** `https://host:port/jobs/<id>/weights` */
  readonly url: string;
  readonly certificatePem: string;
  /** Opens each connection, ready for HTTP/1.1, where the URL's host alone does not lead to the node. */
  readonly dial?: (signal: AbortSignal) => Promise<TLSSocket>;
  readonly bearerToken: string;
  /** SHA-256 (hex) that the whole file must have. Without it, what the node says as it begins: for a partial model. */
  readonly sha256?: string;
  /** Where the file goes; `<path>.part` until it is whole and verified. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Gives up after this long without success. */
  readonly withinMs?: number;
}

/**
 * Fetches the weights by HTTPS ranges. What an earlier attempt, or an earlier process, has left in `<path>.part` is
 * not fetched again. The file gets its name only once its hash is the expected one.
 *
 * @throws CyxwizError `WEIGHTS_CORRUPT` when the node serves other bytes than it promised; `UNREACHABLE`; `ABORTED`.
 */
export async function downloadWeights(options: WeightsDownload): Promise<{ bytes: number; sha256: string }> {
  const part = `${options.path}.part`;
  await mkdir(dirname(part), { recursive: true });
  const resumed = (await sizeOf(part)) > 0;
  let expected = await fetchInto(part, options);
  let sha256 = await hashFile(part);
  if (sha256 !== expected && resumed) {
    // What lay there may have belonged to another job.
    await rm(part, { force: true });
    expected = await fetchInto(part, options);
    sha256 = await hashFile(part);
  }
  if (sha256 !== expected) {
    await rm(part, { force: true });
    throw new CyxwizError("WEIGHTS_CORRUPT", { expected, actual: sha256 });
  }
  await rename(part, options.path);
  return { bytes: await sizeOf(options.path), sha256 };
}

/** Gives the hash that the file must have. */
async function fetchInto(part: string, options: WeightsDownload): Promise<string> {
  let { sha256 = "none" } = options;
  await retry(
    async () => {
      const file = await open(part, "a");
      try {
        const { size } = await file.stat();
        const onEtag = (etag: string) => {
          sha256 = options.sha256 ?? etag;
        };
        const request = { ...options, from: size, onEtag, onRestart: () => file.truncate(0) };
        for await (const chunk of fetchRange(request)) {
          await file.appendFile(chunk);
        }
        await file.sync();
      } finally {
        await file.close();
      }
    },
    {
      what: "Downloading the weights",
      signal: options.signal,
      withinMs: options.withinMs ?? 120_000,
      when: (error) => isCyxwizError(error, "UNREACHABLE") || isCyxwizError(error, "TIMED_OUT"),
    },
  );
  return sha256;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
