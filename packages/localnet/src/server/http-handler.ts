import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type CallHandler, dispatch } from "../rpc/dispatch.ts";

/** As a validator's: what passes here must not fail there. */
const MAX_BODY_BYTES = 50 * 1024;

/** JSON-RPC over POST, `GET /health`, and what browsers need to be let in. */
export function httpHandler(call: CallHandler): RequestListener {
  return (request, response) => {
    handle(request, response, call).catch(() => response.destroy());
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, call: CallHandler): Promise<void> {
  response.setHeader("access-control-allow-origin", "*");
  if (request.method === "OPTIONS") {
    response.setHeader("access-control-allow-methods", "POST, GET, OPTIONS");
    response.setHeader(
      "access-control-allow-headers",
      request.headers["access-control-request-headers"] ?? "content-type",
    );
    response.setHeader("access-control-max-age", "86400");
    // A page from the public web asks before it may talk to this machine.
    response.setHeader("access-control-allow-private-network", "true");
    return void response.writeHead(204).end();
  }
  if (request.method === "GET" && request.url === "/health") return reply(response, 200, "ok", "text/plain");
  if (request.method !== "POST") {
    return reply(response, 405, "Used HTTP Method is not allowed. POST or OPTIONS is required\n", "text/plain");
  }
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    const message = "Supplied content type is not allowed. Content-Type: application/json is required\n";
    return reply(response, 415, message, "text/plain");
  }
  const text = await readBody(request);
  if (text === undefined) {
    response.setHeader("connection", "close");
    return reply(response, 413, "Payload too large\n", "text/plain");
  }
  reply(response, 200, (await dispatch(text, call)) ?? "", "application/json");
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function reply(response: ServerResponse, status: number, text: string, type: string): void {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8` }).end(text);
}
