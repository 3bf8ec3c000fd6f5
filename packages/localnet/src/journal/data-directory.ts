import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";

const held = new Set<string>();

/**
 * Takes a directory for this process alone. A lock left by a process that is gone counts for nothing.
 *
 * @throws CyxwizError LOCALNET_DATA_IN_USE
 */
export function takeDataDirectory(dataDir: string): { readonly journalPath: string; release(): void } {
  const directory = resolve(dataDir);
  mkdirSync(directory, { recursive: true });
  const lock = join(directory, "lock");
  const owner = lockOwner(lock);
  // After a restart in a container the old process may well have had this one's number.
  if (held.has(directory) || (owner !== undefined && owner !== process.pid && isAlive(owner))) {
    throw new CyxwizError("LOCALNET_DATA_IN_USE", { dataDir: directory, pid: owner ?? process.pid });
  }
  writeFileSync(lock, `${process.pid}\n`);
  held.add(directory);
  const release = () => {
    held.delete(directory);
    rmSync(lock, { force: true });
  };
  return { journalPath: join(directory, "ledger.jsonl"), release };
}

function lockOwner(lock: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(lock, "utf8"), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
