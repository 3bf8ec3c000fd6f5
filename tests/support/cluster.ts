import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, type ClusterOptions, startCluster } from "cyxwiz/testing";
import { onTestFinished } from "vitest";

/** A directory that goes when the test ends. */
export async function directoryForTest(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/**
 * A whole market for one test, each piece a process. On an external cluster when `CYXWIZ_RPC_URL` and
 * `CYXWIZ_WS_URL` are set, on a localnet with short slots otherwise. Everything is stopped when the test ends.
 */
export async function clusterForTest(options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const cluster = await startCluster({
    dataDir: await directoryForTest(),
    slotMs: 50,
    rpcUrl: process.env.CYXWIZ_RPC_URL,
    wsUrl: process.env.CYXWIZ_WS_URL,
    ...options,
  });
  onTestFinished(() => cluster.close());
  return cluster;
}
