import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CyxwizError } from "@cyxwiz/errors";

const POLL_MS = 50;

/**
 * Deals with what an earlier run left behind: waits for a server that is still stopping, removes the lock of one
 * that died. Throws CONFIG_INVALID when the directory is in use.
 */
export async function clearStaleServer(databaseDir: string, waitMs: number): Promise<void> {
  const lockPath = join(databaseDir, "postmaster.pid");
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const pid = await lockHolder(lockPath);
    if (pid === undefined) return;
    if (!(await isServerOf(pid, databaseDir))) return rm(lockPath, { force: true });
    if (waitedMs >= waitMs) {
      const problem = `${databaseDir} is in use by process ${pid}. Stop that one, or name another directory.`;
      throw new CyxwizError("CONFIG_INVALID", { source: "dataDir", problem });
    }
    await delay(POLL_MS);
  }
}

async function lockHolder(lockPath: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(lockPath, "utf8"), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}

// Process numbers are used again, so being alive is not enough where the system tells more.
async function isServerOf(pid: number, databaseDir: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  if (process.platform !== "linux") return true;
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => "");
  return workingDirectory === (await realpath(databaseDir));
}
