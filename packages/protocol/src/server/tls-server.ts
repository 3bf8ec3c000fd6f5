import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { ConnectRouter, Interceptor } from "@connectrpc/connect";
import { createContextValues } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { CyxwizError } from "@cyxwiz/errors";
import { serverErrorInterceptor } from "../errors/server-error-interceptor.ts";
import type { ServerCertificate } from "../tls/certificate.ts";
import { coalesceBody } from "./coalesce-body.ts";
import { connectionKey } from "./connection.ts";

/** A request by HTTP/1.1 or 2. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;
/** The response to an {@link HttpRequest}. */
export type HttpResponse = ServerResponse | Http2ServerResponse;

/** What a TLS server serves, and where. */
export interface TlsServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly certificate: ServerCertificate;
  readonly routes: (router: ConnectRouter) => void;
  /** Plain HTTPS on the same port. Answer and return true, or return false for a 404. */
  readonly http?: (request: HttpRequest, response: HttpResponse) => boolean;
  /** Requests to speak something else on the connection from here on (HTTP/1.1 `Upgrade`). Theirs to answer. */
  readonly upgrade?: (request: IncomingMessage, socket: Socket) => void;
  /** What stands around every handler; what they throw becomes an answer like what handlers throw. */
  readonly interceptors?: readonly Interceptor[];
  /** The largest single gRPC message accepted, in bytes. */
  readonly maxMessageBytes: number;
  /** Told of failures that no handler expected. */
  readonly onUnexpected: (error: unknown, method: string) => void;
}

/** A running TLS server. */
export interface TlsServer {
  readonly port: number;
  /** Serves a connection that came in by another way than the port, from its TLS handshake on. */
  accept(connection: Duplex): void;
  /** Lets calls in progress finish for `graceMs`, then ends them. */
  close(graceMs?: number): Promise<void>;
}

// HTTP/2's default windows allow 0.8 MB/s at 50 ms round trip; these allow about 70.
const STREAM_WINDOW_BYTES = 8 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 16 * 1024 * 1024;
// In MB. At the default of 10, eleven cancelled streams with large writes block the whole connection.
const MAX_SESSION_MEMORY_MB = 1024;

/** Serves gRPC, gRPC-Web, Connect and plain HTTPS (1.1 and 2) on one TLS port. */
export async function startTlsServer(options: TlsServerOptions): Promise<TlsServer> {
  const shutdown = new AbortController();
  const adapter = connectNodeAdapter({
    routes: options.routes,
    acceptCompression: [],
    readMaxBytes: options.maxMessageBytes,
    interceptors: [serverErrorInterceptor(options.onUnexpected), ...(options.interceptors ?? [])],
    shutdownSignal: shutdown.signal,
    contextValues: (request) => createContextValues().set(connectionKey, connectionOf(request as HttpRequest)),
    fallback: (request, response) => {
      if (options.http?.(request as HttpRequest, response as HttpResponse)) return;
      response.statusCode = 404;
      response.end();
    },
  });
  const server = createSecureServer(
    {
      allowHTTP1: true,
      key: options.certificate.privateKeyPem,
      cert: options.certificate.certificatePem,
      settings: { initialWindowSize: STREAM_WINDOW_BYTES },
      maxSessionMemory: MAX_SESSION_MEMORY_MB,
    },
    (request, response) => {
      // A handler that waits for `drain` when its client goes away would wait forever.
      response.once("close", () => response.emit("drain"));
      coalesceBody(request);
      adapter(request, response);
    },
  );
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.once("close", () => sessions.delete(session));
    session.on("error", () => session.destroy());
  });
  // HTTP/1.1 keep-alive connections belong to no session, so they are counted here.
  const sockets = new Set<TLSSocket>();
  server.on("secureConnection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  const { upgrade } = options;
  if (upgrade) {
    server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on("error", () => socket.destroy());
      socket.setNoDelay(true);
      if (head.length > 0) socket.unshift(head);
      upgrade(request, socket);
    });
  }
  server.listen(options.port, options.host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const where = `${options.host}:${options.port}`;
    const problem =
      (cause as NodeJS.ErrnoException).code === "EADDRINUSE"
        ? `${where} is in use by another process; stop that one, or take another port (0 takes a free one)`
        : `cannot listen on ${where}: ${(cause as Error).message}`;
    throw new CyxwizError("CONFIG_INVALID", { source: "port", problem }, { cause });
  }

  return {
    port: (server.address() as AddressInfo).port,
    accept(connection) {
      connection.on("error", () => connection.destroy());
      server.emit("connection", connection);
    },
    async close(graceMs = 2_000) {
      const closed = Promise.all([
        new Promise<void>((resolve) => server.close(() => resolve())),
        // Those that did not come in by the port, the server itself does not wait for.
        ...Array.from(sockets, (socket) => new Promise((resolve) => socket.once("close", resolve))),
      ]);
      for (const session of sessions) session.close();
      const grace = setTimeout(() => {
        shutdown.abort();
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(grace);
      shutdown.abort();
    },
  };
}

function connectionOf(request: HttpRequest): object {
  const stream = (request as Http2ServerRequest).stream as Http2ServerRequest["stream"] | undefined;
  return stream?.session ?? request.socket;
}
