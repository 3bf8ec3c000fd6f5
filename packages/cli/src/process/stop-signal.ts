import { currentHost } from "./host.ts";

/** A second request to stop that comes later than this ends the process at once; sooner, it is the same one twice. */
const SAME_REQUEST_MS = 500;
/** What has not ended by itself this long after a request to stop is ended by force. */
const GRACE_MS = 15_000;
const PARENT_CHECK_MS = 500;

/**
 * Aborts when this process is asked to end: by SIGINT, SIGTERM or SIGHUP; when the launcher that handed over to it is
 * gone; or, with `exitWithParent`, when its standard input closes, which happens however the parent ends. A second
 * request ends it at once.
 */
export function stopSignal(options: { exitWithParent: boolean; watchParentProcess?: boolean }): AbortSignal {
  const host = currentHost();
  if (host) return host.signal;
  const stopping = new AbortController();
  let requestedMs: number | undefined;
  function stop(reason: NodeJS.Signals | "PARENT_ENDED"): void {
    const nowMs = performance.now();
    const exitCode = reason === "SIGINT" ? 130 : 143;
    if (requestedMs === undefined) {
      requestedMs = nowMs;
      setTimeout(() => process.exit(exitCode), GRACE_MS).unref();
      stopping.abort(reason);
      // Ctrl-C reaches a whole process group, and a parent that passes it on: that is one request.
    } else if (nowMs - requestedMs > SAME_REQUEST_MS) process.exit(exitCode);
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(signal));
  process.once("disconnect", () => stop("PARENT_ENDED"));
  // A listener would keep this process alive after its work is done.
  process.channel?.unref();
  if (options.exitWithParent) {
    for (const event of ["end", "close", "error"]) process.stdin.once(event, () => stop("PARENT_ENDED"));
    process.stdin.resume();
    // Waiting for the parent is no reason to stay alive.
    (process.stdin as { unref?: () => void }).unref?.();
  }
  if (options.watchParentProcess) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent && !stopping.signal.aborted) stop("PARENT_ENDED");
    }, PARENT_CHECK_MS).unref();
  }
  return stopping.signal;
}

/** Settles when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
