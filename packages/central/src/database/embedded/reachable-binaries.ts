import { execFile } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { PostgresBinaries } from "./binaries.ts";
import type { RunAs } from "./run-as.ts";

/**
 * The binaries, at a place where the database's user can run them. Root's own folders, such as a checkout below /root,
 * are closed to that user: then they are copied, once a version, to a folder of root's under the temporary one.
 */
export async function reachableBinaries(binaries: PostgresBinaries, runAs: RunAs): Promise<PostgresBinaries> {
  if (runAs.uid === undefined || (await canRun(binaries.postgres, runAs))) return binaries;
  const installed = dirname(dirname(binaries.postgres));
  const { version } = JSON.parse(await readFile(join(dirname(installed), "package.json"), "utf8")) as {
    version: string;
  };
  const copy = join(tmpdir(), `cyxwiz-postgres-${version}`);
  if (!(await isOurs(copy))) await copyWhole(installed, copy);
  const inCopy = (path: string) => join(copy, "bin", basename(path));
  return { initdb: inCopy(binaries.initdb), postgres: inCopy(binaries.postgres) };
}

async function canRun(program: string, runAs: RunAs): Promise<boolean> {
  try {
    await promisify(execFile)(program, ["--version"], { ...runAs, cwd: "/", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

// The temporary folder is everybody's: what somebody else has put there is not run.
async function isOurs(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

async function copyWhole(from: string, to: string): Promise<void> {
  const half = await mkdtemp(`${to}-`);
  await cp(from, half, { recursive: true, verbatimSymlinks: true });
  await chmod(half, 0o755);
  await rename(half, to).catch(async (error: unknown) => {
    await rm(half, { recursive: true, force: true });
    // Another process was faster.
    if (!(await isOurs(to))) throw error;
  });
}
