import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";
import { type ClusterOptions, startCluster } from "../cluster/start-cluster.ts";

/** GFLOP/s that a test's nodes say of themselves: measuring takes each of them a second. */
const COMPUTE_SCORE = 10;

/**
 * A whole market for tests, each piece a process, in a temporary directory. On an external cluster when
 * `CYXWIZ_RPC_URL` and `CYXWIZ_WS_URL` are set, on a localnet with short slots otherwise. Whoever starts it ends it by
 * {@link endTestCluster}.
 */
export async function startTestCluster(options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-test-"));
  try {
    return await startCluster({
      dataDir,
      slotMs: 50,
      rpcUrl: process.env.CYXWIZ_RPC_URL,
      wsUrl: process.env.CYXWIZ_WS_URL,
      nodeArgs: ["--compute-score", `${COMPUTE_SCORE}`],
      ...options,
    });
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/** Stops a test's market and removes what it has written; nothing where it never came up. */
export async function endTestCluster(cluster: Cluster | undefined): Promise<void> {
  await cluster?.close();
  if (cluster) await rm(cluster.dataDir, { recursive: true, force: true });
}
