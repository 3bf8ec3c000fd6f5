import type { TLSSocket } from "node:tls";
import { CyxwizError } from "@cyxwiz/errors";
import { refusal } from "@cyxwiz/peer";
import type { ReadInto } from "@cyxwiz/protocol";
import { type ResponseHead, ResponseHeadReader } from "./response-head.ts";

// A node that sends nothing for this long is taken for gone.
const IDLE_TIMEOUT_MS = 30_000;
const READ_BYTES = 64 * 1024;
const MAX_REFUSAL_BYTES = 16_384;

/** A part of a file as it has arrived. */
export interface RangeAnswer {
  /** How many bytes have been written into the given memory: fewer than asked for at the end of the file. */
  readonly bytes: number;
  /** The whole file's size. */
  readonly total: number;
  /** Its ETag, where that is a SHA-256 in hex. */
  readonly sha256: string | undefined;
}

interface Asked {
  readonly start: number;
  readonly into: Uint8Array;
  readonly resolve: (answer: RangeAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** The response that is coming in: where it goes, and how much of it is still to come. */
interface Incoming extends RangeAnswer {
  readonly asked: Asked;
  at: number;
}

/**
 * Fetches parts of one file over one HTTP/1.1 connection, several asked for at a time. Not by node:http: reading the
 * connection into one piece of memory that is used again and again, which node:http does not offer, takes a third of the
 * processor time, and what the answers to range requests look like is known.
 */
export class RangeConnection {
  readonly #url: URL;
  readonly #bearerToken: string;
  readonly #asked: Asked[] = [];
  readonly #heads = new ResponseHeadReader();
  #socket: TLSSocket | undefined;
  #incoming: Incoming | undefined;
  #refused: { readonly status: number; text: string } | undefined;
  #failure: unknown;

  private constructor(url: URL, bearerToken: string) {
    this.#url = url;
    this.#bearerToken = bearerToken;
  }

  /** @param dial opens the connection, which is to be read into the given memory if that is possible */
  static async open(
    file: { readonly url: string; readonly bearerToken: string },
    dial: (read: ReadInto) => Promise<TLSSocket>,
  ): Promise<RangeConnection> {
    const connection = new RangeConnection(new URL(file.url), file.bearerToken);
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const read = { buffer, callback: (bytes: number) => connection.#take(buffer.subarray(0, bytes)) };
    const socket = await dial(read);
    connection.#socket = socket;
    // Connections through a relay come as streams of chunks.
    socket.on("data", (chunk: Buffer) => connection.#take(chunk));
    socket.on("error", (error) => connection.#fail(error));
    socket.on("close", () => connection.#end());
    const idle = new CyxwizError("TIMED_OUT", { what: "A read from the node", timeoutMs: IDLE_TIMEOUT_MS });
    socket.setTimeout(IDLE_TIMEOUT_MS, () => connection.#fail(idle));
    return connection;
  }

  /**
   * Fetches as many bytes as the given memory has, or as the file has from there.
   *
   * @throws CyxwizError why the node refuses it, `UNREACHABLE`, `TIMED_OUT`
   */
  get(start: number, into: Uint8Array): Promise<RangeAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#asked.push({ start, into, resolve, reject });
      const { pathname, host } = this.#url;
      const lines = [
        `GET ${pathname} HTTP/1.1`,
        `host: ${host}`,
        `authorization: Bearer ${this.#bearerToken}`,
        `range: bytes=${start}-${start + into.length - 1}`,
      ];
      this.#socket?.write(`${lines.join("\r\n")}\r\n\r\n`);
    });
  }

  close(): void {
    this.#fail(new CyxwizError("ABORTED", { what: "The download" }));
  }

  #take(chunk: Buffer): boolean {
    try {
      let rest = chunk;
      while (rest.length > 0 && this.#failure === undefined) rest = this.#takeSome(rest);
    } catch (error) {
      this.#fail(error);
    }
    return true;
  }

  /** Gives what it has not taken. */
  #takeSome(chunk: Buffer): Buffer {
    if (this.#refused) {
      this.#refused.text += chunk.toString("utf8");
      if (this.#refused.text.length > MAX_REFUSAL_BYTES) this.#end();
      return chunk.subarray(chunk.length);
    }
    if (!this.#incoming) {
      const found = this.#heads.push(chunk);
      if (!found) return chunk.subarray(chunk.length);
      this.#begin(found.head);
      this.#finishIfWhole();
      return found.rest;
    }
    const { asked, at, bytes } = this.#incoming;
    const taken = Math.min(chunk.length, bytes - at);
    asked.into.set(taken === chunk.length ? chunk : chunk.subarray(0, taken), at);
    this.#incoming.at += taken;
    this.#finishIfWhole();
    return chunk.subarray(taken);
  }

  #begin({ status, headers }: ResponseHead): void {
    const asked = this.#asked.shift();
    if (!asked) throw new Error("an answer to nothing");
    const sha256 = /^"([0-9a-f]{64})"$/.exec(headers.get("etag") ?? "")?.[1];
    const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(headers.get("content-range") ?? "");
    const length = Number(headers.get("content-length") ?? Number.NaN);
    if (status === 416 && range) {
      // Nothing there: the file ends where the part would begin.
      this.#incoming = { asked, at: 0, bytes: 0, total: Number(range[3]), sha256 };
      return;
    }
    if (status !== 206) {
      this.#asked.unshift(asked);
      this.#refused = { status, text: "" };
      // So that the node ends what it says, and nothing else is asked of it.
      this.#socket?.end();
      return;
    }
    if (!range || Number(range[1]) !== asked.start || !(length <= asked.into.length)) {
      throw new Error("the answer is not the part that was asked for");
    }
    this.#incoming = { asked, at: 0, bytes: length, total: Number(range[3]), sha256 };
  }

  #finishIfWhole(): void {
    if (!this.#incoming || this.#incoming.at < this.#incoming.bytes) return;
    const { asked, bytes, total, sha256 } = this.#incoming;
    this.#incoming = undefined;
    asked.resolve({ bytes, total, sha256 });
  }

  #end(): void {
    if (this.#refused) this.#fail(refusal(this.#url.href, this.#refused.status, bodyOf(this.#refused.text)));
    else this.#fail(new Error("the connection ended early"));
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error instanceof CyxwizError ? error : unreachable(this.#url, error);
    this.#socket?.destroy();
    this.#incoming?.asked.reject(this.#failure);
    for (const { reject } of this.#asked.splice(0)) reject(this.#failure);
  }
}

function unreachable(url: URL, error: unknown): CyxwizError {
  const cause = error instanceof Error ? error.message : String(error);
  return new CyxwizError("UNREACHABLE", { peer: "the node", address: url.host, cause }, { cause: error });
}

/** The text of a short body; in chunks, as it may come, their sizes stand around it. */
function bodyOf(text: string): string {
  return /^[0-9a-f]+\r\n(.*)\r\n0\r\n\r\n$/is.exec(text)?.[1] ?? text;
}
