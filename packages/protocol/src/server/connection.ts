import { type ContextKey, createContextKey } from "@connectrpc/connect";

/**
 * Identifies the TCP connection a call came in on. Clients that know nothing of our session tokens are recognised
 * by it: what they do after ConnectToNode comes in on the same connection.
 */
export const connectionKey: ContextKey<object | undefined> = createContextKey<object | undefined>(undefined, {
  description: "the connection a call came in on",
});

/** Where a call comes from; empty when that is not known any more. Connections are HTTP/2 sessions or plain sockets. */
export function remoteAddress(connection: object | undefined): string {
  const known = connection as { remoteAddress?: string; socket?: { remoteAddress?: string } } | undefined;
  return known?.socket?.remoteAddress ?? known?.remoteAddress ?? "";
}
