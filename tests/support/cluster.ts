import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, type ClusterOptions, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { onTestFinished } from "vitest";

/** A directory that goes when the test ends. */
export async function directoryForTest(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A whole market for one test, each piece a process. Everything is stopped when the test ends. */
export async function clusterForTest(options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const cluster = await startTestCluster(options);
  onTestFinished(() => endTestCluster(cluster));
  return cluster;
}
