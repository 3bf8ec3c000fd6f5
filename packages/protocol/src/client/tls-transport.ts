import { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { withTypedErrors } from "../errors/transport-errors.ts";
import { fingerprintOf } from "../tls/certificate.ts";

/** Where a server is and which certificate it must show. */
export interface TlsTransportOptions {
  /** Who is called, for error messages: "Central", "the node". */
  readonly peer: string;
  /** `https://host:port` */
  readonly baseUrl: string;
  /** The peer's own certificate (PEM): only exactly this one is accepted. Without it, the system's authorities decide. */
  readonly certificatePem?: string;
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

/** TLS options that accept one certificate and no other, whatever name it was made for. */
export function pinned(certificatePem: string): {
  ca: string;
  checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
} {
  const expected = fingerprintOf(certificatePem);
  return {
    ca: certificatePem,
    checkServerIdentity: (host, certificate) => {
      const actual = new X509Certificate(certificate.raw).fingerprint256.replaceAll(":", "").toLowerCase();
      return actual === expected ? undefined : new Error(`${host} shows certificate ${actual}, not ${expected}`);
    },
  };
}

/** gRPC over TLS to one peer; failures are `CyxwizError`s, every call has a deadline. */
export function createTlsTransport(options: TlsTransportOptions): TlsTransport {
  const sessions = new Http2SessionManager(
    options.baseUrl,
    { pingIntervalMs: 20_000, pingTimeoutMs: 10_000 },
    {
      settings: { initialWindowSize: STREAM_WINDOW_BYTES },
      ...(options.certificatePem === undefined ? {} : pinned(options.certificatePem)),
    },
  );
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
    sessionManager: sessions,
    acceptCompression: [],
    readMaxBytes: options.maxMessageBytes,
    defaultTimeoutMs: options.defaultTimeoutMs ?? 15_000,
    interceptors,
  });
  return { transport: withTypedErrors(transport, options.peer, options.baseUrl), close: () => sessions.abort() };
}
