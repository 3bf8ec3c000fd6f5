import type { IncomingMessage } from "node:http";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { pause } from "../util/retry.ts";
import { parseHttpUrl } from "./dataset-source.ts";
import type { DatasetSpool } from "./dataset-spool.ts";
import { type GuardedGet, guardedGet } from "./guarded-get.ts";
import { shownUri } from "./shown-uri.ts";

const MAX_REDIRECTS = 5;
/** A connection that broke is opened again so often without a byte coming in between. */
const ATTEMPTS = 3;
const AGAIN_AFTER_MS = 250;
const REDIRECTS = [301, 302, 303, 307, 308];

export type FetchOptions = Omit<GuardedGet, "headers">;

/**
 * Fetches a data set by HTTP into a file, byte for byte as it is served. A connection that breaks is opened again where it
 * stopped, if the server can do that. What has come is not checked here.
 *
 * @throws CyxwizError `DATA_URI_REFUSED`, also for where a redirect leads; `DATA_FETCH_FAILED`; `DATA_TOO_LARGE`;
 * `STORAGE_FAILED`; `ABORTED`
 */
export async function fetchDataset(url: URL, spool: DatasetSpool, options: FetchOptions): Promise<void> {
  let at = 0;
  for (let attempt = 1; ; attempt++) {
    const before = at;
    let opened = at > 0;
    try {
      const { response, from } = await openAt(url, at, options);
      opened = true;
      const { "content-length": length } = response.headers;
      try {
        if (length !== undefined) spool.assertFits(from + Number(length));
      } catch (error) {
        response.destroy();
        throw error;
      }
      // A server that begins anew has it all sent again.
      if (from < at) await spool.truncate(from);
      at = from;
      for await (const bytes of response as AsyncIterable<Uint8Array>) {
        await spool.write(bytes, at);
        at += bytes.length;
      }
      if (length === undefined || at === from + Number(length)) return;
      throw failed(url, `it ended at byte ${at} of ${from + Number(length)}.`);
    } catch (cause) {
      const { signal } = options;
      if (signal.aborted) throw new CyxwizError("ABORTED", { what: "Fetching the data set" }, { cause: signal.reason });
      const error = isCyxwizError(cause) ? cause : failed(url, describe(cause), cause);
      // Whoever never answered well is not asked again.
      if (error.code !== "DATA_FETCH_FAILED" || !opened) throw error;
      if (at > before) attempt = 1;
      else if (attempt >= ATTEMPTS) throw error;
      await pause(AGAIN_AFTER_MS, signal);
    }
  }
}

/** Asks for what comes from a byte on, over redirects. Gives the byte that the answer begins with. */
async function openAt(
  start: URL,
  at: number,
  options: FetchOptions,
): Promise<{ readonly response: IncomingMessage; readonly from: number }> {
  let url = start;
  for (let hops = 0; ; hops++) {
    const headers = at > 0 ? { headers: { range: `bytes=${at}-` } } : {};
    const response = await guardedGet(url, { ...options, ...headers });
    try {
      const { statusCode: status = 0, headers: answer } = response;
      if (REDIRECTS.includes(status)) {
        if (hops === MAX_REDIRECTS) throw failed(start, `there are more than ${MAX_REDIRECTS} redirects.`);
        const next = parseHttpUrl(answer.location ?? "", url);
        if (url.protocol === "https:" && next.protocol === "http:") {
          const problem = "it leads from https to http, where anybody on the way could read the request.";
          throw new CyxwizError("DATA_URI_REFUSED", { uri: shownUri(next.href), problem });
        }
        response.destroy();
        url = next;
        continue;
      }
      if (status !== 200 && !(status === 206 && at > 0)) throw failed(url, `the server answers with status ${status}.`);
      const { "content-encoding": encoding = "identity" } = answer;
      // Packed small, it could be of any size; and the hash is over what is trained on.
      if (encoding !== "identity") throw failed(url, `it is served compressed (${encoding.slice(0, 40)}).`);
      return { response, from: status === 206 ? rangeStart(url, answer["content-range"], at) : 0 };
    } catch (error) {
      response.destroy();
      throw error;
    }
  }
}

function rangeStart(url: URL, header: string | undefined, asked: number): number {
  const from = /^bytes (\d+)-/.exec(header ?? "")?.[1];
  if (Number(from) === asked) return asked;
  throw failed(url, `asked for what follows byte ${asked}, the server gives another part.`);
}

function describe(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return `the connection broke (${code ?? message ?? cause}).`;
}

function failed(url: URL, problem: string, cause?: unknown): CyxwizError {
  return new CyxwizError("DATA_FETCH_FAILED", { uri: shownUri(url.href), problem }, { cause });
}
