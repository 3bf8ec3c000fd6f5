import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What to do with a request: pass it on, or something that providers and networks do to people. */
export type Mishap = "none" | "hang" | "lose-reply" | "too-many-requests" | "unhealthy" | "html";

/** A provider in front of an RPC that has mishaps, decided for each method and number of the request (from 1). */
export async function startProxy(target: string, mishap: (method: string, count: number) => Mishap) {
  const methods: string[] = [];
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  async function serve(request: IncomingMessage, response: ServerResponse) {
    const body = await new Response(request as never).text();
    const { method, id } = JSON.parse(body);
    methods.push(method);
    const what = mishap(method, methods.filter((other) => other === method).length);
    if (what === "hang") return;
    if (what === "too-many-requests") return void response.writeHead(429).end();
    if (what === "html") return void response.end("<html>Bad gateway</html>");
    if (what === "unhealthy") {
      const error = { code: -32005, message: "Node is behind by 42 slots", data: { numSlotsBehind: 42 } };
      return void response.end(JSON.stringify({ jsonrpc: "2.0", id, error }));
    }
    const answer = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
    const text = await answer.text();
    if (what === "lose-reply") return void response.destroy();
    response.end(text);
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, methods, stop };
}
