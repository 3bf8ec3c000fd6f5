import { once } from "node:events";
import type { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { pinned } from "../tls/pinned.ts";

/** Where what comes in is read to, again and again, and who takes it from there before the next. */
export interface ReadInto {
  readonly buffer: Uint8Array;
  /** Gives false to have reading paused. */
  readonly callback: (bytes: number) => boolean;
}

/** A TLS connection to open. */
export interface TlsDial {
  /** Who is called, for error messages. */
  readonly peer: string;
  /** `host:port` */
  readonly address: string;
  /** The only certificate (PEM) accepted. */
  readonly certificatePem: string;
  /** What is to be spoken. */
  readonly protocol: "h2" | "http/1.1";
  /** How long connecting and the handshake may take. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** A connection that leads to the peer already; without it, one is made to `address`. */
  readonly over?: Duplex;
  /**
   * Reads without a stream's memory for every chunk. Only where a connection is made: what comes `over` another one is
   * read from the socket as ever.
   */
  readonly read?: ReadInto;
}

/**
 * Opens a TLS connection, over TCP or over any other byte stream, and shakes hands.
 *
 * @throws CyxwizError `UNREACHABLE` (nobody there, another certificate), `TIMED_OUT`, `ABORTED`. `over` is closed then.
 */
export async function dialTls(options: TlsDial): Promise<TLSSocket> {
  const { peer, address, timeoutMs, over, read } = options;
  const { hostname, port } = new URL(`https://${address}`);
  const host = hostname.replace(/^\[|\]$/g, "");
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout]);
  const socket = connect({
    ...pinned(options.certificatePem),
    ...(over ? { socket: over } : { host, port: Number(port || 443), ...(read ? { onread: read } : {}) }),
    ALPNProtocols: [options.protocol],
  });
  // Failures reach whoever uses the socket; without anybody listening at that moment they would end the process.
  socket.on("error", () => {});
  try {
    await once(socket, "secureConnect", { signal });
    socket.setNoDelay(true);
    return socket;
  } catch (error) {
    // Not at once: destroying a socket from within its own handshake aborts the process.
    setImmediate(() => {
      socket.destroy();
      over?.destroy();
    });
    if (options.signal.aborted) throw new CyxwizError("ABORTED", { what: `Connecting to ${peer}` }, { cause: error });
    if (timeout.aborted) throw new CyxwizError("TIMED_OUT", { what: `Connecting to ${peer}`, timeoutMs });
    if (isCyxwizError(error)) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new CyxwizError("UNREACHABLE", { peer, address, cause }, { cause: error });
  }
}
