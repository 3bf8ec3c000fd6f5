import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { CyxwizError } from "@cyxwiz/errors";
import type { RunAs } from "./run-as.ts";

/** A running PostgreSQL. */
export interface ServerProcess {
  stop(): Promise<void>;
}

// The server becomes the shell's own process; a watcher beside it ends it when our end of the pipe closes, however
// we die, so that even a killed Central leaves no server behind.
const TIED_TO_US = `exec 3<&0; ( ( cat <&3 >/dev/null; kill -INT $$ ) 2>/dev/null & ); exec "$0" "$@" 3<&- </dev/null`;
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;

/** A database directory, and who runs it. */
export interface Place {
  /** Exists, and belongs to the user in `runAs`. */
  readonly directory: string;
  readonly runAs: RunAs;
}

/** Creates a database with one user and the password in the file `password` beside it. */
export async function initialiseDirectory(initdb: string, place: Place): Promise<void> {
  const { directory, runAs } = place;
  const path = seenFrom(place);
  const flags = [`--pgdata=${path}`, "--username=cyxwiz", `--pwfile=${path}/../password`];
  const settings = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"];
  try {
    await promisify(execFile)(initdb, [...flags, ...settings], { ...runAs, cwd: directory, timeout: 60_000 });
  } catch (error) {
    const output = (error as { stderr?: string }).stderr?.trim() ?? String(error);
    const problem = `a database could not be created in ${directory}: ${output}`;
    throw new CyxwizError("CONFIG_INVALID", { source: "dataDir", problem }, { cause: error });
  }
}

/** Starts the server on loopback and waits until it takes connections. */
export async function startServer(postgres: string, place: Place, port: number): Promise<ServerProcess> {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
    "shared_buffers=64MB",
  ];
  const flags = ["-D", seenFrom(place), "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  // In its own session, so that Ctrl-C reaches only us and the database ends after its last user.
  const child = spawn("/bin/sh", ["-c", TIED_TO_US, postgres, ...flags], {
    ...place.runAs,
    cwd: place.directory,
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
  });
  child.stdin?.on("error", () => undefined);
  await ready(child, place.directory);
  return { stop: () => stop(child) };
}

// Another user may not get to the directory through those above it. It starts out there, and stays.
function seenFrom({ directory, runAs }: Place): string {
  return runAs.uid === undefined ? directory : "/proc/self/cwd";
}

async function ready(child: ChildProcess, directory: string): Promise<void> {
  let output = "";
  const failed = (why: string, cause?: unknown) =>
    new CyxwizError("CONFIG_INVALID", { source: "dataDir", problem: `PostgreSQL in ${directory} ${why}` }, { cause });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGQUIT");
      reject(failed(`did not start within ${START_TIMEOUT_MS} ms: ${output.trim()}`));
    }, START_TIMEOUT_MS);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    child.once("error", (error) => settle(() => reject(failed("could not be started", error))));
    child.once("exit", (code) => settle(() => reject(failed(`ended with code ${code}: ${output.trim()}`))));
    child.stderr?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
      if (output.includes("ready to accept connections")) settle(resolve);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGQUIT"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
  child.stdin?.destroy();
  child.stderr?.destroy();
}
