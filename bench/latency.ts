import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine, type JobRequest, loadJobFile } from "@cyxwiz/engine";
import { type Cluster, startCluster } from "cyxwiz/testing";
import type { Benchmark, Result } from "./benchmark.ts";
import { median } from "./median.ts";

const NAME = "latency.confirm_to_first_step";
const AIM_MS = 1_000;
const JOBS = 3;

/**
 * From showing Central a confirmed escrow to the first report from inside training, with all of MNIST as the data: token,
 * connection, upload, the node's own checks, `start` on chain, compilation. On a localnet with slots of 400 ms.
 */
export const latencyBenchmarks: Benchmark[] = [{ names: [NAME], run: measureLatency }];

async function* measureLatency(): AsyncGenerator<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-bench-"));
  const cluster = await startCluster({ dataDir });
  try {
    const job = await loadJobFile(fileURLToPath(new URL("../examples/mnist-mlp.json", import.meta.url)), {
      output: join(dataDir, "weights.safetensors"),
    });
    const times: number[] = [];
    for (let round = 0; round < JOBS; round++) times.push(await confirmToFirstStepMs(cluster, job));
    const value = median(times);
    yield { name: NAME, value, unit: "ms", peer: `aim: ${AIM_MS} ms`, ratio: value / AIM_MS };
  } finally {
    await cluster.close();
    await rm(dataDir, { recursive: true });
  }
}

async function confirmToFirstStepMs(cluster: Cluster, request: JobRequest): Promise<number> {
  const engine = createEngine({
    central: cluster.central,
    chain: cluster.chain,
    wallet: cluster.engineWallet.signer,
    dataDir: join(cluster.dataDir, "engine"),
  });
  const job = engine.submit(request);
  let confirmedMs = 0;
  let firstStepMs = 0;
  for await (const event of job) {
    if (event.type === "escrow-confirmed") confirmedMs = performance.now();
    if (event.type === "progress" && event.batch > 0) firstStepMs ||= performance.now();
  }
  await job.result;
  engine.close();
  return firstStepMs - confirmedMs;
}
