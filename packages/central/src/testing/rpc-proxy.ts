import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** When a proxy stops passing a call on: before the cluster got it, or after, so that only the answer is lost. */
export type Trap = "before" | "after";

/** Stands between Central and the chain, and can swallow the next `sendTransaction`. */
export interface RpcProxy {
  readonly url: string;
  /** Swallows the next one; resolves when that has happened. From then on nothing is passed on any more. */
  trap(where: Trap): Promise<void>;
  /** Passes everything on again. */
  release(): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of a JSON-RPC address. */
export async function startRpcProxy(target: string): Promise<RpcProxy> {
  let armed: { readonly where: Trap; readonly sprung: () => void } | undefined;
  let silent = false;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    if (silent) return;
    const trap = body.includes('"sendTransaction"') ? armed : undefined;
    if (trap) {
      armed = undefined;
      silent = true;
      if (trap.where === "before") return trap.sprung();
    }
    const answer = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
    const text = await answer.text();
    if (trap) return trap.sprung();
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trap: (where) =>
      new Promise((resolve) => {
        armed = { where, sprung: resolve };
      }),
    release() {
      silent = false;
      armed = undefined;
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
