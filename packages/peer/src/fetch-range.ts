import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { TLSSocket } from "node:tls";
import { throwIfAborted } from "@cyxwiz/chain";
import { CyxwizError } from "@cyxwiz/errors";
import { dialTls } from "@cyxwiz/protocol";
import { refusal } from "./refusal.ts";

// A node that sends nothing for this long is taken for gone.
const IDLE_TIMEOUT_MS = 30_000;
const CONNECT_WITHIN_MS = 15_000;

export interface RangeRequest {
  readonly url: string;
  readonly certificatePem: string;
  /** Opens the connection, ready for HTTP/1.1, where the URL's host alone does not lead to the node. */
  readonly dial?: ((signal: AbortSignal) => Promise<TLSSocket>) | undefined;
  readonly bearerToken: string;
  /** SHA-256 (hex) of the whole file, its ETag, where it is known before. */
  readonly sha256?: string | undefined;
  /** The first byte wanted. */
  readonly from: number;
  readonly signal: AbortSignal;
  /** Told when the server sends the file from its start instead. */
  readonly onRestart: () => Promise<void>;
}

/** The bytes of a file from an offset to its end. Throws UNREACHABLE, TIMED_OUT, ABORTED, or why the server refuses it. */
export async function* fetchRange(options: RangeRequest): AsyncGenerator<Uint8Array, void, undefined> {
  const { url, from, signal } = options;
  try {
    const response = await send(options);
    // Nothing left to fetch: the earlier attempt had all of it.
    if (response.statusCode === 416) return void response.destroy();
    if (response.statusCode === 200 && from > 0) await options.onRestart();
    else if (response.statusCode !== 200 && response.statusCode !== 206) {
      const text = (await response.setEncoding("utf8").toArray()).join("").slice(0, 2_000);
      throw refusal(url, response.statusCode ?? 0, text);
    }
    for await (const chunk of response) yield chunk as Uint8Array;
    if (!response.complete) throw new Error("the connection ended early");
  } catch (error) {
    throwIfAborted("Downloading the weights", signal);
    if (error instanceof CyxwizError) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new CyxwizError("UNREACHABLE", { peer: "the node", address: new URL(url).host, cause }, { cause: error });
  }
}

async function send(options: RangeRequest): Promise<IncomingMessage> {
  const { from, signal, certificatePem } = options;
  const { host, pathname } = new URL(options.url);
  const tls = { peer: "the node", address: host, certificatePem, protocol: "http/1.1", signal } as const;
  const socket = await (options.dial?.(signal) ?? dialTls({ ...tls, timeoutMs: CONNECT_WITHIN_MS }));
  const call = request({
    createConnection: () => socket,
    path: pathname,
    signal,
    timeout: IDLE_TIMEOUT_MS,
    headers: {
      host,
      authorization: `Bearer ${options.bearerToken}`,
      ...(from > 0 && options.sha256 !== undefined
        ? { range: `bytes=${from}-`, "if-range": `"${options.sha256}"` }
        : {}),
    },
  });
  call.once("timeout", () =>
    call.destroy(new CyxwizError("TIMED_OUT", { what: "A read from the node", timeoutMs: IDLE_TIMEOUT_MS })),
  );
  call.end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  // Failures after the headers reach the reader through the response itself.
  call.on("error", () => {});
  return response;
}
