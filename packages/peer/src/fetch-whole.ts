import { retry } from "@cyxwiz/chain";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { concatBytes } from "@cyxwiz/proof";
import { fetchRange, type RangeRequest } from "./fetch-range.ts";

const WITHIN_MS = 60_000;

/** A file of a node's, small enough for memory. */
export interface WholeFile extends Pick<RangeRequest, "url" | "certificatePem" | "dial" | "bearerToken" | "signal"> {
  /** SHA-256 (hex) that it should have, where that is known: an attempt that broke off goes on where it was. */
  readonly sha256?: string;
  /** Larger ones are refused. */
  readonly maxBytes: number;
}

/**
 * Fetches a file into memory. Whether its bytes are the right ones is the caller's to check.
 *
 * @throws CyxwizError `UNREACHABLE`, `TIMED_OUT`, `MESSAGE_TOO_LARGE`, `ABORTED`, or what the node refuses it with.
 */
export async function fetchWhole(file: WholeFile): Promise<Uint8Array> {
  const { url, sha256, maxBytes, signal } = file;
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  const restart = async () => {
    chunks = [];
    bytes = 0;
  };
  const attempt = async () => {
    if (sha256 === undefined) await restart();
    for await (const chunk of fetchRange({ ...file, sha256: sha256 ?? "", from: bytes, onRestart: restart })) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) throw new CyxwizError("MESSAGE_TOO_LARGE", { what: url, bytes, limitBytes: maxBytes });
    }
  };
  const when = (error: unknown) => isCyxwizError(error, "UNREACHABLE") || isCyxwizError(error, "TIMED_OUT");
  await retry(attempt, { what: "Fetching from the node", signal, withinMs: WITHIN_MS, when });
  return concatBytes(...chunks);
}
