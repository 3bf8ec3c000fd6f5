import { CyxwizError } from "@cyxwiz/errors";
import type { RangeAnswer, RangeConnection, RangeRequest } from "@cyxwiz/peer";
import type { PartFile } from "./part-file.ts";

const PART_BYTES = 4 * 1024 * 1024;
/** Several connections fill a long line that one would not, because each has its own window. */
const CONNECTIONS = 4;
/** So that the next part is under way while one comes in, and a line with a long way is never empty. */
const ASKED_AT_A_TIME = 2;
/** All the memory that a download takes, whatever its size: 32 MiB. */
const BUFFERS = CONNECTIONS * ASKED_AT_A_TIME;

/**
 * Fetches what a file lacks, in parts, over several connections at a time, and appends the parts in order. What has
 * arrived out of order when it fails is lost, and what is in the file stays.
 *
 * @param begun told the file's SHA-256 as the server says it, before anything is written; may throw
 * @throws what connecting, fetching, `begun` or writing throws
 */
export async function fetchParts(
  file: PartFile,
  options: {
    readonly connect: (signal: AbortSignal) => Promise<RangeConnection>;
    readonly begun: (sha256: string | undefined) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const connections: RangeConnection[] = [];
  let order: Order | undefined;
  const connect = async () => {
    const connection = await options.connect(signal);
    connections.push(connection);
    if (signal.aborted) connection.close();
    return connection;
  };
  signal.addEventListener("abort", () => {
    for (const connection of connections) connection.close();
  });
  try {
    const first = await connect();
    const buffer = new Uint8Array(PART_BYTES);
    const start = file.size;
    const answer = await first.get(partInto(start, buffer));
    options.begun(answer.sha256);
    const parts = new Order(file, answer, buffer);
    order = parts;
    const lane = async (connection: RangeConnection) => {
      const asked: Promise<void>[] = [];
      for (let part = await parts.take(); part; part = await parts.take()) {
        const { at, into } = part;
        const arrived = connection.get(partInto(at, into)).then((arrival) => parts.put(at, into, arrival));
        // Seen when it is waited for, below.
        arrived.catch(() => {});
        asked.push(arrived);
        if (asked.length >= ASKED_AT_A_TIME) await asked.shift();
      }
      await Promise.all(asked);
    };
    parts.put(start, buffer, answer);
    const lanes = Math.min(CONNECTIONS, Math.ceil((answer.total - start) / PART_BYTES));
    const others = Array.from({ length: lanes - 1 }, async () => lane(await connect()));
    await Promise.all([lane(first), ...others, parts.finished]);
  } finally {
    stop.abort();
    await order?.stop();
  }
}

function partInto(start: number, buffer: Uint8Array): RangeRequest {
  return { start, maxBytes: buffer.length, into: () => buffer };
}

/** Hands out parts and the memory for them, and writes down what comes back, in order. */
class Order {
  readonly #file: PartFile;
  readonly #total: number;
  readonly #sha256: string | undefined;
  readonly #arrived = new Map<number, { readonly into: Uint8Array; readonly bytes: number }>();
  readonly #free: Uint8Array[] = [];
  readonly #waiting: ((into: Uint8Array) => void)[] = [];
  readonly #done = Promise.withResolvers<void>();
  #made = 1;
  #next: number;
  #busy = false;
  #writing: Promise<void> | undefined;
  #stopped = false;

  /** @param answer to the first part, which was asked for without all this */
  constructor(file: PartFile, answer: RangeAnswer, first: Uint8Array) {
    this.#file = file;
    this.#total = answer.total;
    this.#sha256 = answer.sha256;
    this.#next = file.size + first.length;
    this.#done.promise.catch(() => {});
  }

  /** Resolves when all is written; rejects when writing fails. */
  get finished(): Promise<void> {
    return this.#done.promise;
  }

  /** The next part and memory for it, once there is some; `undefined` when every part has been taken. */
  async take(): Promise<{ readonly at: number; readonly into: Uint8Array } | undefined> {
    if (this.#next >= this.#total) return undefined;
    const at = this.#next;
    this.#next += PART_BYTES;
    return { at, into: await this.#memory() };
  }

  /** A part that has arrived. */
  put(at: number, into: Uint8Array, { bytes, total, sha256 }: RangeAnswer): void {
    const expected = Math.max(0, Math.min(into.length, this.#total - at));
    if (bytes !== expected || total !== this.#total || sha256 !== this.#sha256) {
      throw new CyxwizError("WEIGHTS_CORRUPT", {
        expected: this.#sha256 ?? `${this.#total} bytes`,
        actual: sha256 ?? `${total} bytes`,
      });
    }
    this.#arrived.set(at, { into, bytes });
    if (!this.#busy) this.#writing = this.#write();
  }

  /** Writes nothing more; what is being written is when this returns. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  async #write(): Promise<void> {
    this.#busy = true;
    try {
      while (!this.#stopped) {
        const at = this.#file.size;
        const part = this.#arrived.get(at);
        if (!part) break;
        this.#arrived.delete(at);
        await this.#file.append(part.into.subarray(0, part.bytes));
        const waiting = this.#waiting.shift();
        if (waiting) waiting(part.into);
        else this.#free.push(part.into);
        if (part.bytes === 0) break;
      }
      if (this.#file.size >= this.#total) this.#done.resolve();
    } catch (error) {
      this.#done.reject(error);
    } finally {
      this.#busy = false;
    }
  }

  #memory(): Uint8Array | Promise<Uint8Array> {
    const free = this.#free.pop();
    if (free) return free;
    if (this.#made < BUFFERS) {
      this.#made++;
      return new Uint8Array(PART_BYTES);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
