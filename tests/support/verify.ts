import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Cluster } from "cyxwiz/testing";
import { directoryForTest } from "./cluster.ts";

const LAUNCHER = fileURLToPath(new URL("../../packages/cli/bin/cyxwiz.js", import.meta.url));

/** What `cyxwiz verify` told, and what it ended with. */
export interface Verification {
  readonly code: number;
  readonly events: readonly Record<string, unknown>[];
  /** The last thing it told: the verdict, or why there is none. */
  readonly last: Record<string, unknown>;
}

/** Runs `cyxwiz verify` as somebody who has the payer's wallet and nothing else that is left of the job. */
export async function verify(
  { environment }: Cluster,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Verification> {
  const dataDir = join(await directoryForTest(), "another-machine");
  const own = { ...process.env, ...environment, CYXWIZ_ENGINE_DATA_DIR: dataDir, ...env };
  const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
    execFile(process.execPath, [LAUNCHER, "verify", ...args, "--json"], { env: own }, (error, out) => {
      resolve({ code: error ? Number(error.code) : 0, stdout: out });
    });
  });
  const events = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, events, last: events.at(-1) ?? {} };
}

/** What it told of the epochs that it replayed. */
export function replayed({ events }: Verification): Verification["events"] {
  return events.filter(({ event }) => event === "replayed");
}
