import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { processesOf } from "./processes-of.ts";
import { writeSmallJob } from "./small-job.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/cyxwiz.js", import.meta.url));

/** A folder for a demo and all that it starts. */
export function demoDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "cyxwiz-demo-test-"));
}

/** Ends what a demo has left behind, and removes its folder. */
export async function removeDemo(directory: string): Promise<void> {
  for (const left of await processesOf(directory)) process.kill(Number(left.split(" ")[0]), "SIGKILL");
  await rm(directory, { recursive: true, force: true });
}

/** Starts a demo of a small job. */
export async function startDemo(
  directory: string,
  epochs: number,
  env: Record<string, string> = {},
): Promise<ChildProcess> {
  const job = await writeSmallJob(directory, { epochs });
  const args = ["demo", "--json", "--data-dir", join(directory, "data"), "--job", job, "--slot-ms", "50"];
  return spawn(process.execPath, [LAUNCHER, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
}
