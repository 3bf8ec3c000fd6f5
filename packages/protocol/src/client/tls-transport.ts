import type { TLSSocket } from "node:tls";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { withTypedErrors } from "../errors/transport-errors.ts";
import { pinned } from "../tls/pinned.ts";
import { DialledSessions } from "./dialled-sessions.ts";
import { withLoss } from "./with-loss.ts";

/** Where a server is and which certificate it must show. */
export interface TlsTransportOptions {
  /** Who is called, for error messages: "Central", "the node". */
  readonly peer: string;
  /** `https://host:port` */
  readonly baseUrl: string;
  /** The peer's own certificate (PEM): only exactly this one is accepted. Without it, the system's authorities decide. */
  readonly certificatePem?: string;
  /** Opens each connection instead, ready for HTTP/2, where `baseUrl` alone does not lead to the peer. See `dialTls`. */
  readonly dial?: (signal: AbortSignal) => Promise<TLSSocket>;
  /** Sent as `authorization: Bearer …` with each call; asked anew each time. */
  readonly bearerToken?: () => string | undefined | Promise<string | undefined>;
  /** Deadline of every call that sets none, streams included. */
  readonly defaultTimeoutMs?: number;
  /** The largest single message accepted, in bytes. */
  readonly maxMessageBytes: number;
}

/** A gRPC transport, and the way to close its connection. */
export interface TlsTransport {
  readonly transport: Transport;
  close(): void;
}

const STREAM_WINDOW_BYTES = 8 * 1024 * 1024;
const PINGS = { pingIntervalMs: 20_000, pingTimeoutMs: 10_000 };

/** gRPC over TLS to one peer; failures are `CyxwizError`s, every call has a deadline. */
export function createTlsTransport(options: TlsTransportOptions): TlsTransport {
  const { sessions, close } = openSessions(options);
  const interceptors: Interceptor[] = [];
  const { bearerToken } = options;
  if (bearerToken) {
    interceptors.push((next) => async (request) => {
      const token = await bearerToken();
      if (token !== undefined) request.header.set("authorization", `Bearer ${token}`);
      return next(request);
    });
  }
  const transport = createGrpcTransport({
    baseUrl: options.baseUrl,
    sessionManager: withLoss(sessions),
    acceptCompression: [],
    readMaxBytes: options.maxMessageBytes,
    defaultTimeoutMs: options.defaultTimeoutMs ?? 15_000,
    interceptors,
  });
  const closing = new AbortController();
  return {
    transport: withTypedErrors(transport, options.peer, options.baseUrl, closing.signal),
    close() {
      closing.abort();
      close();
    },
  };
}

function openSessions({ baseUrl, certificatePem, dial }: TlsTransportOptions) {
  if (dial) {
    const sessions = new DialledSessions({ url: baseUrl, dial, pings: PINGS, streamWindowBytes: STREAM_WINDOW_BYTES });
    return { sessions, close: () => sessions.close() };
  }
  const sessions = new Http2SessionManager(baseUrl, PINGS, {
    settings: { initialWindowSize: STREAM_WINDOW_BYTES },
    ...(certificatePem === undefined ? {} : pinned(certificatePem)),
  });
  return { sessions, close: () => sessions.abort() };
}
