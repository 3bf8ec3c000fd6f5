import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CentralOptions } from "../config/central-config.ts";
import type { Central } from "../start-central.ts";

const SCRIPT = fileURLToPath(new URL("./central-process.ts", import.meta.url));

/** A Central that can be killed at any moment. `close` is kill −9. */
export async function spawnCentral(options: CentralOptions): Promise<Central> {
  const child: ChildProcess = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  if (!child.stdout) throw new Error("no output");
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), exited.then(() => undefined)]);
  if (!first) throw new Error("Central ended before it was ready");
  return {
    ...(JSON.parse(String(first[0])) as Omit<Central, "close">),
    async close() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
