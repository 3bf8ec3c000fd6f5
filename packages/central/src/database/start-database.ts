import { randomBytes } from "node:crypto";
import { access, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { findBinaries } from "./embedded/binaries.ts";
import { freePort } from "./embedded/free-port.ts";
import { reachableBinaries } from "./embedded/reachable-binaries.ts";
import { databaseUser, type RunAs } from "./embedded/run-as.ts";
import { initialiseDirectory, type ServerProcess, startServer } from "./embedded/server-process.ts";
import { clearStaleServer } from "./embedded/stale-server.ts";

export interface DatabaseOptions {
  readonly dataDir: string;
  /** How long to wait for a server of an earlier run that is still ending. */
  readonly waitMs?: number;
}

/** A PostgreSQL of our own. */
export interface Database {
  /** `postgresql://user:password@127.0.0.1:port/postgres`; holds the password, so never log it. */
  readonly url: string;
  /** Ends it once its connections are closed; the data stay. */
  close(): Promise<void>;
}

const START_ATTEMPTS = 3;
const PASSWORD_FILE = "password";

/**
 * Starts the PostgreSQL that npm installed, with its data under `dataDir`, on loopback and a free port, with a random
 * password. It ends with this process, however that ends. Throws CONFIG_INVALID when it can't.
 */
export async function startDatabase({ dataDir, waitMs = 10_000 }: DatabaseOptions): Promise<Database> {
  const root = resolve(dataDir, "postgres");
  const directory = join(root, "data");
  const runAs = await databaseUser();
  const binaries = await reachableBinaries(await findBinaries(), runAs);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const password = await databasePassword(root);
  await Promise.all([root, directory, join(root, PASSWORD_FILE)].map((path) => giveTo(runAs, path)));
  await clearStaleServer(directory, waitMs);
  const place = { directory, runAs };
  if (!(await exists(join(directory, "PG_VERSION")))) await initialiseDirectory(binaries.initdb, place);
  const { port, server } = await startOnFreePort((port) => startServer(binaries.postgres, place, port));
  return { url: `postgresql://cyxwiz:${password}@127.0.0.1:${port}/postgres`, close: () => server.stop() };
}

// Between finding a port free and taking it, another may have: then with another one.
async function startOnFreePort(start: (port: number) => Promise<ServerProcess>) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, server: await start(port) };
    } catch (error) {
      if (attempt === START_ATTEMPTS || !String(error).includes("Address already in use")) throw error;
    }
  }
}

async function giveTo({ uid, gid }: RunAs, path: string): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

async function databasePassword(root: string): Promise<string> {
  const path = join(root, PASSWORD_FILE);
  if (await exists(path)) return readFile(path, "utf8");
  const password = randomBytes(24).toString("base64url");
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
