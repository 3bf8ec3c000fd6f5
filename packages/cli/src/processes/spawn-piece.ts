import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CyxwizError } from "@cyxwiz/errors";
import type { Piece, PieceEvent, PieceExit } from "./piece.ts";

export interface SpawnOptions {
  /** What it is called in messages; its command when that is one word. */
  readonly name: string;
  /** The command and its flags, without `--json` and `--exit-with-parent`. */
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives its stderr. */
  readonly logFile: string;
  /** Gives up waiting until it is ready, and ends it; after that it is for its owner to stop. */
  readonly signal?: AbortSignal;
  /** How long it may take to its `ready` line. */
  readonly readyTimeoutMs?: number;
  /** Told each line after the first. */
  readonly onEvent?: (event: PieceEvent) => void;
}

const LAUNCHER = fileURLToPath(new URL("../../bin/cyxwiz.js", import.meta.url));

/**
 * Starts `cyxwiz <args> --json` as a process of its own and waits until it is ready. It ends when this process ends,
 * however that happens.
 *
 * @throws CyxwizError `PROCESS_FAILED` when it ends or stays silent instead; then it is gone.
 */
export async function spawnPiece(options: SpawnOptions): Promise<Piece> {
  const { name, logFile, readyTimeoutMs = 30_000 } = options;
  const log = await open(logFile, "a");
  const child = spawn(process.execPath, [LAUNCHER, ...options.args, "--json", "--exit-with-parent"], {
    // Its own process group: Ctrl-C comes to us alone, and we stop the pieces in the right order.
    detached: true,
    stdio: ["pipe", "pipe", log.fd],
    env: { ...process.env, ...options.env },
  });
  await log.close();
  const exited = exitOf(child);
  // Holding this pipe open is what keeps it running; it says nothing, so its errors mean nothing.
  child.stdin?.on("error", () => {});
  const piece = { name, logFile, exited, stop: (graceMs = 8_000) => stop(child, exited, graceMs) };

  const first = Promise.withResolvers<PieceEvent>();
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  let seenReady = false;
  let failure: PieceEvent | undefined;
  lines.on("line", (line) => {
    const event = parseLine(line);
    if (!event) return;
    if (event.event === "error") failure = event;
    if (seenReady) return options.onEvent?.(event);
    if (event.event === "ready") {
      seenReady = true;
      first.resolve(event);
    }
  });

  const onAbort = () => first.reject(new CyxwizError("ABORTED", { what: `Starting ${name}` }));
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const timeout = AbortSignal.timeout(readyTimeoutMs);
  const onTimeout = () => first.reject(failed(`was not ready within ${readyTimeoutMs} ms`));
  timeout.addEventListener("abort", onTimeout, { once: true });
  const failed = (problem: string) => new CyxwizError("PROCESS_FAILED", { name, problem, log: logFile });
  void exited.then(async (exit) => {
    if (!seenReady) first.reject(failed(`ended before it was ready: ${await reasonOf(exit, failure, logFile)}`));
  });
  try {
    const ready = await first.promise;
    return { ...piece, pid: child.pid as number, ready, kill: () => stop(child, exited, 0) };
  } catch (error) {
    await piece.stop();
    throw error;
  } finally {
    timeout.removeEventListener("abort", onTimeout);
    options.signal?.removeEventListener("abort", onAbort);
  }
}

async function stop(child: ChildProcess, exited: Promise<PieceExit>, graceMs: number): Promise<PieceExit> {
  if (graceMs > 0) child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), graceMs);
  const exit = await exited;
  clearTimeout(insist);
  return exit;
}

async function exitOf(child: ChildProcess): Promise<PieceExit> {
  try {
    // "close" and not "exit": by then its last lines have been read.
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { code, signal };
  } catch {
    return { code: null, signal: null };
  }
}

async function reasonOf(exit: PieceExit, failure: PieceEvent | undefined, logFile: string): Promise<string> {
  if (failure) return `${failure.code}: ${failure.message}`;
  const log = await readFile(logFile, "utf8").catch(() => "");
  const last = log.trimEnd().split("\n").slice(-5).join(" | ");
  return `${exit.signal ?? `exit code ${exit.code}`}. ${last}`;
}

function parseLine(line: string): PieceEvent | undefined {
  try {
    const value = JSON.parse(line) as Partial<PieceEvent> | null;
    return typeof value?.event === "string" ? (value as PieceEvent) : undefined;
  } catch {
    return undefined;
  }
}
