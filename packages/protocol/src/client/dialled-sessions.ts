import type { ClientHttp2Stream, ClientSessionRequestOptions, OutgoingHttpHeaders } from "node:http2";
import type { TLSSocket } from "node:tls";
import { Http2SessionManager, type Http2SessionOptions } from "@connectrpc/connect-node";

export interface DialledSessionsOptions {
  /** `https://host:port`, as requests name it; where connections really lead is for `dial` to know. */
  readonly url: string;
  /** Opens a connection that is ready for HTTP/2. */
  readonly dial: (signal: AbortSignal) => Promise<TLSSocket>;
  readonly pings: Http2SessionOptions;
  /** HTTP/2's flow-control window for each stream, in bytes. */
  readonly streamWindowBytes: number;
}

/**
 * HTTP/2 sessions over connections that take more than a host and a port to open. Connect's own manager opens its
 * connections itself and at once, so it is given one that is open already, and replaced together with it.
 */
export class DialledSessions {
  readonly authority: string;
  readonly #options: DialledSessionsOptions;
  readonly #closing = new AbortController();
  #sessions: Http2SessionManager | undefined;
  #dialling: Promise<Http2SessionManager> | undefined;

  constructor(options: DialledSessionsOptions) {
    this.#options = options;
    this.authority = new URL(options.url).origin;
  }

  /** Opens a stream, on the present connection or a new one. Throws what `dial` does. */
  async request(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders,
    options: Omit<ClientSessionRequestOptions, "signal">,
  ): Promise<ClientHttp2Stream> {
    const before = this.#sessions;
    const sessions = await this.#connected();
    try {
      return await sessions.request(method, path, headers, options);
    } catch (error) {
      if (sessions !== before || this.#closing.signal.aborted) throw error;
      // A connection from before that turns out to be dead: nothing was sent on it, so a new one may have it.
      return (await this.#connected()).request(method, path, headers, options);
    }
  }

  notifyResponseByteRead(stream: ClientHttp2Stream): void {
    this.#sessions?.notifyResponseByteRead(stream);
  }

  /** Ends the connection and whatever runs over it, for good. */
  close(): void {
    this.#closing.abort();
    this.#sessions?.abort();
  }

  #connected(): Promise<Http2SessionManager> {
    const state = this.#sessions?.state();
    if (this.#sessions && state !== "closed" && state !== "error") return Promise.resolve(this.#sessions);
    this.#dialling ??= this.#dial().finally(() => {
      this.#dialling = undefined;
    });
    return this.#dialling;
  }

  async #dial(): Promise<Http2SessionManager> {
    const { url, pings, streamWindowBytes } = this.#options;
    const socket = await this.#options.dial(this.#closing.signal);
    const sessions = new Http2SessionManager(url, pings, {
      settings: { initialWindowSize: streamWindowBytes },
      createConnection: () => socket,
    });
    if ((await sessions.connect()) === "error") {
      socket.destroy();
      throw sessions.error();
    }
    if (this.#closing.signal.aborted) sessions.abort();
    this.#sessions = sessions;
    return sessions;
  }
}
