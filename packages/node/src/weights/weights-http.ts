import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { CyxwizError, type GrpcStatus, isCyxwizError } from "@cyxwiz/errors";
import type { HttpRequest, HttpResponse } from "@cyxwiz/protocol";
import { parseRange } from "./range.ts";
import type { StoredWeights } from "./weights-store.ts";

const PATH = /^\/jobs\/([^/?]+)\/weights(?:\?.*)?$/;
const STATUS: Partial<Record<GrpcStatus, number>> = {
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  FAILED_PRECONDITION: 409,
};

/**
 * Answers `GET` and `HEAD` of `/jobs/<id>/weights`, with `Range`, `If-Range` and `If-None-Match`; false for any
 * other path.
 *
 * @param find gives the weights to whoever may have them; its errors become HTTP statuses.
 */
export function serveWeights(
  request: HttpRequest,
  response: HttpResponse,
  find: (jobId: string, authorization: string | undefined) => StoredWeights,
): boolean {
  const jobId = PATH.exec(request.url ?? "")?.[1];
  if (jobId === undefined) return false;
  // HTTP/1.1 and HTTP/2 responses differ in type only.
  const answer = response as ServerResponse;
  if (request.method !== "GET" && request.method !== "HEAD") {
    answer.writeHead(405, { allow: "GET, HEAD" }).end();
    return true;
  }
  try {
    send(request, answer, find(jobId, request.headers.authorization));
  } catch (error) {
    refuse(answer, error);
  }
  return true;
}

function send(request: HttpRequest, answer: ServerResponse, weights: StoredWeights): void {
  const { size, path, sha256 } = weights;
  const etag = `"${sha256}"`;
  const headers = {
    etag,
    "accept-ranges": "bytes",
    "content-type": "application/octet-stream",
    "content-disposition": 'attachment; filename="weights.safetensors"',
  };
  if (request.headers["if-none-match"] === etag) {
    answer.writeHead(304, headers).end();
    return;
  }
  const ifRange = request.headers["if-range"];
  const range = ifRange === undefined || ifRange === etag ? parseRange(request.headers.range, size) : undefined;
  if (range === "unsatisfiable") {
    answer.writeHead(416, { ...headers, "content-range": `bytes */${size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: size };
  const partial = range ? { "content-range": `bytes ${start}-${end - 1}/${size}` } : {};
  answer.writeHead(range ? 206 : 200, { ...headers, ...partial, "content-length": String(end - start) });
  if (request.method === "HEAD" || end === start) {
    answer.end();
    return;
  }
  const file = createReadStream(path, { start, end: end - 1, highWaterMark: 256 * 1024 });
  // Also ends the file when the client goes away, and the response when the file cannot be read.
  pipeline(file, answer, () => undefined);
}

function refuse(answer: ServerResponse, error: unknown): void {
  const known = isCyxwizError(error) ? error : new CyxwizError("INTERNAL", { what: "serving weights" });
  const status = STATUS[known.status] ?? 500;
  const body = JSON.stringify({ code: known.code, number: known.number, message: known.message });
  const challenge = status === 401 ? { "www-authenticate": "Bearer" } : {};
  answer.writeHead(status, { "content-type": "application/json", ...challenge }).end(body);
}
