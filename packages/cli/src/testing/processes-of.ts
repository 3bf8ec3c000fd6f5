import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** Running processes that were started for a directory or work in it (Linux). */
export async function processesOf(directory: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => "");
      return command.includes(directory) || cwd.startsWith(directory)
        ? [`${pid} ${command.replaceAll("\0", " ")}`]
        : [];
    }),
  );
  return found.flat();
}

/** The processes that are still there when all have had their time to end. */
export async function processesLeft(directory: string, withinMs: number): Promise<string[]> {
  for (const untilMs = performance.now() + withinMs; ; await delay(100)) {
    const left = await processesOf(directory);
    if (left.length === 0 || performance.now() > untilMs) return left;
  }
}
