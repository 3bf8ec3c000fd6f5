import type { ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import type { HttpRequest, HttpResponse } from "@cyxwiz/protocol";
import { type ByteRange, parseRange } from "./range.ts";
import { sendFile } from "./send-file.ts";

/** Bytes that can be fetched whole or in parts. */
export interface Content {
  readonly size: number;
  /** SHA-256, hex: the ETag. */
  readonly sha256: string;
  readonly contentType: string;
  /** What the bytes are called when they are saved. */
  readonly filename: string;
  /**
   * Writes what lies from `start` to before `end`, and ends the stream; never called for nothing. Stops when the client
   * goes away, and cuts the stream off when the content cannot be read.
   */
  send(part: ByteRange, to: Writable): void;
}

/** A file as content. */
export function fileContent(file: {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly filename: string;
}): Content {
  return {
    ...file,
    contentType: "application/octet-stream",
    send: (part, to) => void sendFile(file.path, part, to),
  };
}

/** Bytes in memory as content. */
export function bytesContent(
  bytes: Uint8Array,
  about: { readonly sha256: string; readonly filename: string; readonly contentType?: string },
): Content {
  return {
    contentType: "application/octet-stream",
    ...about,
    size: bytes.length,
    send: ({ start, end }, to) => void to.end(bytes.subarray(start, end)),
  };
}

/** Answers `GET` and `HEAD`, with `Range`, `If-Range` and `If-None-Match` (RFC 9110). */
export function serveContent(request: HttpRequest, response: HttpResponse, content: Content): void {
  // HTTP/1.1 and HTTP/2 responses differ in type only.
  const answer = response as ServerResponse;
  const { size } = content;
  const etag = `"${content.sha256}"`;
  const headers = {
    etag,
    "accept-ranges": "bytes",
    "content-type": content.contentType,
    "content-disposition": `attachment; filename="${content.filename}"`,
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
  content.send({ start, end }, answer);
}
