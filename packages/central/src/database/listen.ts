import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Logger } from "pino";

const RECONNECT_MS = 1_000;

/** What to listen for. */
export interface ListenOptions {
  readonly databaseUrl: string;
  readonly channel: string;
  readonly onMessage: (payload: string) => void;
  /** Told after a lost connection is back: messages may have been missed. */
  readonly onGap?: () => void;
  readonly log: Logger;
  /** Between attempts to connect again. Default 1,000. */
  readonly reconnectMs?: number;
}

/** Listens on a channel of PostgreSQL's NOTIFY, which every replica hears, and connects again when that is lost. */
export async function listen(options: ListenOptions): Promise<{ close(): Promise<void> }> {
  const { databaseUrl, channel, onMessage, log, reconnectMs = RECONNECT_MS } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let reconnecting: Promise<void> = Promise.resolve();
  let client = await open();

  async function open(): Promise<pg.Client> {
    const opened = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, keepAlive: true });
    opened.on("error", (error) => log.warn({ err: error, channel }, "lost the connection for notifications"));
    opened.on("notification", ({ payload }) => payload !== undefined && onMessage(payload));
    try {
      await opened.connect();
      await opened.query(`listen ${channel}`);
    } catch (error) {
      await opened.end().catch(() => undefined);
      throw error;
    }
    // Only now: an attempt that fails ends too, and whoever made it makes the next one.
    opened.once("end", () => {
      reconnecting = reconnect();
    });
    return opened;
  }

  async function reconnect(): Promise<void> {
    while (!signal.aborted) {
      try {
        await delay(reconnectMs, undefined, { signal });
        client = await open();
        options.onGap?.();
        return;
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error, channel }, "no connection for notifications");
      }
    }
  }

  return {
    async close() {
      stopping.abort();
      await reconnecting;
      await client.end();
    },
  };
}
