import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Cluster, PieceEvent } from "cyxwiz/testing";

const launcher = fileURLToPath(new URL("../../packages/cli/bin/cyxwiz.js", import.meta.url));

/** Runs `cyxwiz` against a cluster to its end; `event` is the last line of its `--json` output. */
export async function runCli(
  cluster: Cluster,
  args: readonly string[],
): Promise<{ code: number | null; event: PieceEvent }> {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { ...process.env, ...cluster.environment },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close") as Promise<[number | null]>]);
  return { code, event: JSON.parse(output.trim().split("\n").at(-1) ?? "{}") as PieceEvent };
}
