import type { Socket } from "node:net";
import type { Transform } from "node:stream";

/** How two sockets are joined. */
export interface SpliceOptions {
  /** Makes what the bytes of one direction pass through. */
  readonly via: () => Transform;
  /** Both sockets are closed when nothing passes for so long. */
  readonly idleTimeoutMs: number;
  /** Closes both sockets at once. */
  readonly signal: AbortSignal;
}

// Time for the last bytes to reach an end whose other end is gone.
const LINGER_MS = 5_000;

/**
 * Joins two sockets: what comes in at one goes out at the other, no faster than that takes it. When one ends or is
 * lost, the other still gets what was under way, and is closed. Resolves when both are closed; never rejects.
 */
export async function splice(one: Socket, other: Socket, options: SpliceOptions): Promise<void> {
  const { signal, idleTimeoutMs } = options;
  const closed = Promise.all([one, other].map(closeOf));
  const end = () => {
    one.destroy();
    other.destroy();
  };
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("error", () => from.destroy());
    from.setTimeout(idleTimeoutMs, end);
    lead(from, to, options.via());
  }
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted || one.destroyed || other.destroyed) end();
  await closed;
  signal.removeEventListener("abort", end);
}

async function closeOf(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}

function lead(from: Socket, to: Socket, via: Transform): void {
  from.pipe(via).pipe(to);
  via.on("error", () => {
    from.destroy();
    to.destroy();
  });
  from.once("close", () => {
    via.end();
    // What the other end still says has nobody to go to.
    to.unpipe();
    to.resume();
    to.setTimeout(LINGER_MS, () => to.destroy());
  });
  to.once("close", () => via.destroy());
}
