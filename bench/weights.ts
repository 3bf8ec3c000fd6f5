import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, open, rm } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { connect } from "node:tls";
import { Worker } from "node:worker_threads";
import { downloadWeights } from "@cyxwiz/engine";
import { RangeConnection } from "@cyxwiz/peer";
import { loadOrCreateCertificate, pinned, type ServerCertificate } from "@cyxwiz/protocol";
import type { Benchmark, Result } from "./benchmark.ts";
import { median } from "./median.ts";

const MIB = 1024 * 1024;
const ONE_WAY_MS = 25;
const CONNECTIONS = 4;
const PART_BYTES = 4 * MIB;
const READ_BYTES = 64 * 1024;
/** What a download's memory may grow by, whatever its size. */
const MEMORY_LIMIT_MIB = 128;

/**
 * A node's weights over HTTPS on loopback, against as many bytes over one connection of raw `node:tls` with the same
 * certificate and cipher (what Node agrees on by itself: TLS_AES_256_GCM_SHA384), taken in turns:
 *
 * - `throughput`: read by node:https, against raw TLS read as a stream
 * - `read`: 2 GiB read by our engine's reader, against raw TLS read as fast as Node can: 64 KiB at a time into one piece of
 *   memory, as our reader does
 * - `download`: 2 GiB fetched, hashed and written to the disk, against a stream that does neither
 * - `roundtrip`: the same over a line with a round trip of 50 ms
 *
 * Where both ends share two cores, the processor is what limits all of them. In its time for a GiB, both ends together:
 * raw TLS read as fast as Node can 1.0 s, read as a stream 1.9 s; our reader with our server 1.5 s, of which 0.5 s are
 * reading the file and HTTP (before the node's server used its memory again: 1.9 s); node:https 3.0 s, most of it its own:
 * it passes every chunk through a parser and a second stream, in fresh memory. A download adds 0.6 s of SHA-256, and what
 * writing takes: 0.25 s, but up to 2.4 s where a virtual machine gets the memory for the disk's cache from its host first.
 */
export const weightsBenchmarks: Benchmark[] = [
  { names: ["weights.throughput"], run: () => withServer(512, measureThroughput) },
  { names: ["weights.read"], run: () => withServer(2_048, measureRead) },
  { names: ["weights.download", "weights.memory"], run: () => withServer(2_048, measureDownload) },
  { names: ["weights.roundtrip"], run: () => withServer(512, measureRoundtrip) },
];

/** A node with a file of zeros, which takes no room on the disk. */
interface Bench {
  readonly directory: string;
  readonly certificate: ServerCertificate;
  readonly megabytes: number;
  readonly sha256: string;
  readonly oursPort: number;
  readonly rawPort: number;
}

async function* withServer(megabytes: number, measure: (bench: Bench) => AsyncGenerator<Result>) {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-bench-"));
  try {
    const path = join(directory, "weights.safetensors");
    const file = await open(path, "w");
    await file.truncate(megabytes * MIB);
    await file.close();
    const certificate = await loadOrCreateCertificate({ directory, commonName: "bench", hosts: [] });
    const sha256 = hashOfZeros(megabytes);
    const workerData = { path, certificate, sha256 };
    const worker = new Worker(new URL("./weights-server.ts", import.meta.url), { workerData });
    const [ports] = (await once(worker, "message")) as [Pick<Bench, "oursPort" | "rawPort">];
    yield* measure({ directory, certificate, megabytes, sha256, ...ports });
    await worker.terminate();
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function* measureThroughput(bench: Bench): AsyncGenerator<Result> {
  const ours = () => readAll(bench, httpsBody(bench));
  yield compare("weights.throughput", await inTurns(bench, 5, ours, () => readAll(bench, rawBody(bench))));
}

async function* measureRead(bench: Bench): AsyncGenerator<Result> {
  yield compare(
    "weights.read",
    await inTurns(
      bench,
      5,
      () => readRanges(bench),
      () => readRaw(bench),
    ),
  );
}

async function* measureDownload(bench: Bench): AsyncGenerator<Result> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const figures = await inTurns(bench, 3, download(bench), () => readAll(bench, rawBody(bench)));
  clearInterval(timer);
  yield compare("weights.download", figures);
  const value = (peak - before) / MIB;
  const peer = `limit ${MEMORY_LIMIT_MIB} MiB: growth of serving and loading ${bench.megabytes} MiB`;
  yield { name: "weights.memory", value, unit: "MiB", peer, ratio: value / MEMORY_LIMIT_MIB };
}

async function* measureRoundtrip(bench: Bench): AsyncGenerator<Result> {
  const line = new Worker(new URL("./long-line.ts", import.meta.url), {
    workerData: { oneWayMs: ONE_WAY_MS, targets: [bench.oursPort, bench.rawPort] },
  });
  const [[oursPort = 0, rawPort = 0]] = (await once(line, "message")) as [number[]];
  const far = { ...bench, oursPort, rawPort };
  yield compare("weights.roundtrip", await inTurns(far, 3, download(far), () => readAll(far, rawBody(far))));
  await line.terminate();
}

function compare(name: string, { ours, raw }: { ours: number[]; raw: number[] }): Result {
  const [value, peer] = [median(ours), median(raw)];
  const spread = (values: readonly number[]) => `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
  const text = `raw node:tls: ${peer.toFixed(0)} MiB/s; ${spread(ours)} against ${spread(raw)}`;
  return { name, value, unit: "MiB/s", peer: text, ratio: value / peer };
}

/** What is measured; gives what remains to be done after that. */
type Run = () => Promise<undefined | (() => Promise<void>)>;

async function inTurns(bench: Bench, rounds: number, ours: Run, raw: Run) {
  const figures: { ours: number[]; raw: number[] } = { ours: [], raw: [] };
  const rate = async (run: Run) => {
    const startedMs = performance.now();
    const after = await run();
    const seconds = (performance.now() - startedMs) / 1000;
    await after?.();
    return bench.megabytes / seconds;
  };
  for (let round = 0; round < rounds; round++) {
    figures.ours.push(await rate(ours));
    figures.raw.push(await rate(raw));
  }
  return figures;
}

/** What an engine does: several connections, the hash of all of it, and the file on the disk. */
function download({ directory, certificate, sha256, oursPort }: Bench): Run {
  const path = join(directory, "downloaded");
  return async () => {
    await downloadWeights({
      url: `https://127.0.0.1:${oursPort}/jobs/bench/weights`,
      certificatePem: certificate.certificatePem,
      bearerToken: "any",
      sha256,
      path,
      signal: AbortSignal.timeout(600_000),
    });
    return () => rm(path);
  };
}

/** As an engine asks for weights (`fetchParts`): as large parts, over as many connections, but thrown away. */
async function readRanges({ certificate, megabytes, oursPort }: Bench): Promise<undefined> {
  const url = `https://127.0.0.1:${oursPort}/jobs/bench/weights`;
  const file = { url, certificatePem: certificate.certificatePem, bearerToken: "any" };
  const size = megabytes * MIB;
  let [next, bytes] = [0, 0];
  const half = async (connection: RangeConnection) => {
    const into = new Uint8Array(PART_BYTES);
    while (next < size) {
      const start = next;
      next += PART_BYTES;
      const answer = await connection.get({ start, maxBytes: PART_BYTES, into: () => into });
      bytes += answer.bytes;
    }
  };
  const lanes = Array.from({ length: CONNECTIONS }, async () => {
    const connection = await RangeConnection.open(file, AbortSignal.timeout(600_000));
    await Promise.all([half(connection), half(connection)]);
    connection.close();
  });
  await Promise.all(lanes);
  if (bytes !== size) throw new Error(`${bytes} bytes arrived, not ${megabytes} MiB`);
}

async function readRaw({ certificate, megabytes, rawPort }: Bench): Promise<undefined> {
  let bytes = 0;
  const buffer = new Uint8Array(READ_BYTES);
  const callback = (count: number) => {
    bytes += count;
    return true;
  };
  const raw = { port: rawPort, host: "127.0.0.1", onread: { buffer, callback } };
  const socket = connect({ ...raw, ...pinned(certificate.certificatePem) });
  socket.resume();
  await once(socket, "close");
  if (bytes !== megabytes * MIB) throw new Error(`${bytes} bytes arrived, not ${megabytes} MiB`);
}

function hashOfZeros(megabytes: number): string {
  const hash = createHash("sha256");
  const zeros = Buffer.alloc(MIB);
  for (let done = 0; done < megabytes; done++) hash.update(zeros);
  return hash.digest("hex");
}

async function httpsBody({ oursPort, certificate }: Bench): Promise<Readable> {
  const url = `https://127.0.0.1:${oursPort}/jobs/bench/weights`;
  const request = get(url, { ...pinned(certificate.certificatePem), agent: false });
  const [response] = (await once(request, "response")) as [Readable];
  return response;
}

async function rawBody({ rawPort, certificate }: Bench): Promise<Readable> {
  return connect({ port: rawPort, host: "127.0.0.1", ...pinned(certificate.certificatePem) });
}

async function readAll({ megabytes }: Bench, body: Promise<Readable>): Promise<undefined> {
  let bytes = 0;
  for await (const chunk of await body) bytes += (chunk as Uint8Array).length;
  if (bytes !== megabytes * MIB) throw new Error(`${bytes} bytes arrived, not ${megabytes} MiB`);
}
