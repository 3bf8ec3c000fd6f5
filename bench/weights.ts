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
import { loadOrCreateCertificate, pinned, type ServerCertificate } from "@cyxwiz/protocol";
import type { Benchmark, Result } from "./benchmark.ts";
import { median } from "./median.ts";

const MIB = 1024 * 1024;
const ONE_WAY_MS = 25;
/** What a download's memory may grow by, whatever its size. */
const MEMORY_LIMIT_MIB = 128;

/**
 * A node's weights over HTTPS on loopback, against as many bytes over one connection of raw `node:tls`, taken in turns:
 * read by any client; downloaded, hashed and written by our engine, 2 GiB of them; and the same over a line with a round
 * trip of 50 ms.
 */
export const weightsBenchmarks: Benchmark[] = [
  { names: ["weights.throughput"], run: () => withServer(512, measureThroughput) },
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

async function* measureDownload(bench: Bench): AsyncGenerator<Result> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const figures = await inTurns(bench, 2, download(bench), () => readAll(bench, rawBody(bench)));
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
  return { name, value, unit: "MiB/s", peer: `raw node:tls: ${peer.toFixed(0)} MiB/s`, ratio: value / peer };
}

async function inTurns(bench: Bench, rounds: number, ours: () => Promise<void>, raw: () => Promise<void>) {
  const figures: { ours: number[]; raw: number[] } = { ours: [], raw: [] };
  const rate = async (run: () => Promise<void>) => {
    const startedMs = performance.now();
    await run();
    return bench.megabytes / ((performance.now() - startedMs) / 1000);
  };
  for (let round = 0; round < rounds; round++) {
    figures.ours.push(await rate(ours));
    figures.raw.push(await rate(raw));
  }
  return figures;
}

/** What an engine does: several connections, the hash of all of it, and the file on the disk. */
function download({ directory, certificate, sha256, oursPort }: Bench): () => Promise<void> {
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
    await rm(path);
  };
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

async function readAll({ megabytes }: Bench, body: Promise<Readable>): Promise<void> {
  let bytes = 0;
  for await (const chunk of await body) bytes += (chunk as Uint8Array).length;
  if (bytes !== megabytes * MIB) throw new Error(`${bytes} bytes arrived, not ${megabytes} MiB`);
}
