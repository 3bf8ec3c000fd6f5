import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CyxwizError } from "@cyxwiz/errors";

/** Starts to listen; gives the port. Throws CyxwizError CONFIG_INVALID if it is taken or not allowed. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (cause) {
    const problem =
      (cause as NodeJS.ErrnoException).code === "EADDRINUSE"
        ? `${host}:${port} is in use by another process; stop that one, or take another port (0 takes a free one)`
        : `cannot listen on ${host}:${port}: ${(cause as Error).message}`;
    throw new CyxwizError("CONFIG_INVALID", { source: "port", problem }, { cause });
  } finally {
    server.off("error", reject);
  }
  return (server.address() as AddressInfo).port;
}

/** Stops at once: open requests are cut off. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}
