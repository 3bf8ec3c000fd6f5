import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";
import { type ClusterOptions, startCluster } from "../cluster/start-cluster.ts";
import type { Piece } from "../processes/piece.ts";

/** GFLOP/s that a test's nodes say of themselves: measuring takes each of them a second. */
const COMPUTE_SCORE = 10;
const LAST_LINES = 30;

const crashes = new WeakMap<Cluster, Promise<string | undefined>[]>();

/**
 * A whole market for tests, each piece a process, in a temporary directory. On an external cluster when
 * `CYXWIZ_RPC_URL` and `CYXWIZ_WS_URL` are set, on a localnet with short slots otherwise. Whoever starts it ends it by
 * {@link endTestCluster}.
 */
export async function startTestCluster(options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-test-"));
  const ended: Promise<string | undefined>[] = [];
  try {
    const cluster = await startCluster({
      dataDir,
      slotMs: 50,
      rpcUrl: process.env.CYXWIZ_RPC_URL,
      wsUrl: process.env.CYXWIZ_WS_URL,
      nodeArgs: ["--compute-score", `${COMPUTE_SCORE}`],
      onCrash: (piece) => ended.push(crashOf(piece)),
      ...options,
    });
    crashes.set(cluster, ended);
    return cluster;
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Stops a test's market and removes what it has written; nothing where it never came up. Throws when a piece has crashed:
 * whatever else has failed, that is why.
 */
export async function endTestCluster(cluster: Cluster | undefined): Promise<void> {
  if (!cluster) return;
  await cluster.close();
  const crashed = await Promise.all(crashes.get(cluster) ?? []);
  await rm(cluster.dataDir, { recursive: true, force: true });
  const first = crashed.find((crash) => crash !== undefined);
  if (first !== undefined) throw new Error(first);
}

/** Undefined for a piece that a test has stopped or killed. */
async function crashOf({ name, exited, logFile }: Piece): Promise<string | undefined> {
  const { code, signal } = await exited;
  if (code === 0 || signal === "SIGKILL") return undefined;
  const log = await readFile(logFile, "utf8");
  const last = log.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
  return `${name} has crashed with ${signal ?? `exit code ${code}`}:\n${last}`;
}
