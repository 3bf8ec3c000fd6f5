import { once } from "node:events";
import { mkdtemp, open, rm } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { connect } from "node:tls";
import { Worker } from "node:worker_threads";
import { loadOrCreateCertificate, pinned } from "@cyxwiz/protocol";
import type { Benchmark, Result } from "./benchmark.ts";
import { median } from "./median.ts";

const NAME = "weights.throughput";
const MEGABYTES = 512;
const ROUNDS = 5;

/** A node's weights over HTTPS on loopback, against as many bytes over raw `node:tls`, taken in turns. */
export const weightsBenchmarks: Benchmark[] = [{ names: [NAME], run: measureWeights }];

async function* measureWeights(): AsyncGenerator<Result> {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-bench-"));
  try {
    const path = join(directory, "weights.safetensors");
    const file = await open(path, "w");
    await file.truncate(MEGABYTES * 1024 * 1024);
    await file.close();
    const certificate = await loadOrCreateCertificate({ directory, commonName: "bench", hosts: [] });
    const worker = new Worker(new URL("./weights-server.ts", import.meta.url), { workerData: { path, certificate } });
    const [{ oursPort, rawPort }] = (await once(worker, "message")) as [{ oursPort: number; rawPort: number }];
    const tls = pinned(certificate.certificatePem);
    const [ours, raw]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await megabytesPerSecond(() => httpsBody(oursPort, tls)));
      raw.push(await megabytesPerSecond(async () => connect({ port: rawPort, host: "127.0.0.1", ...tls })));
    }
    await worker.terminate();
    const [value, peer] = [median(ours), median(raw)];
    yield { name: NAME, value, unit: "MiB/s", peer: `raw node:tls: ${peer.toFixed(0)} MiB/s`, ratio: value / peer };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function httpsBody(port: number, tls: ReturnType<typeof pinned>): Promise<Readable> {
  const request = get(`https://127.0.0.1:${port}/jobs/bench/weights`, { ...tls, agent: false });
  const [response] = (await once(request, "response")) as [Readable];
  return response;
}

async function megabytesPerSecond(start: () => Promise<Readable>): Promise<number> {
  const startedMs = performance.now();
  let bytes = 0;
  for await (const chunk of await start()) bytes += (chunk as Uint8Array).length;
  if (bytes !== MEGABYTES * 1024 * 1024) throw new Error(`${bytes} bytes arrived, not ${MEGABYTES} MiB`);
  return MEGABYTES / ((performance.now() - startedMs) / 1000);
}
