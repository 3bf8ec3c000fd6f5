/** What comes before the body of an HTTP/1.1 response. */
export interface ResponseHead {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
}

const MAX_HEAD_BYTES = 16_384;
const END = "\r\n\r\n";

/** Collects the head of a response, however it is cut into chunks. */
export class ResponseHeadReader {
  #held: Buffer = Buffer.alloc(0);

  /**
   * @returns the head and what came behind it; `undefined` while it is not whole
   * @throws Error when this is no HTTP/1.1 response
   */
  push(chunk: Buffer): { readonly head: ResponseHead; readonly rest: Buffer } | undefined {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const end = this.#held.indexOf(END);
    if (end < 0) {
      if (this.#held.length > MAX_HEAD_BYTES) throw new Error("the answer's headers do not end");
      // The chunk's memory is used again for the next one.
      this.#held = Buffer.from(this.#held);
      return undefined;
    }
    const head = parse(this.#held.toString("latin1", 0, end));
    const rest = this.#held.subarray(end + END.length);
    this.#held = Buffer.alloc(0);
    return { head, rest };
  }
}

function parse(text: string): ResponseHead {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)?.[1];
  if (status === undefined) throw new Error("the answer is not HTTP/1.1");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(status), headers: new Map(headers) };
}
