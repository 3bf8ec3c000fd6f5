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
}

/** Listens on a channel of PostgreSQL's NOTIFY, which every replica hears, and connects again when that is lost. */
export async function listen(options: ListenOptions): Promise<{ close(): Promise<void> }> {
  const { databaseUrl, channel, onMessage, log } = options;
  const stopping = new AbortController();
  let client = await open();

  async function open(): Promise<pg.Client> {
    const opened = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, keepAlive: true });
    opened.on("error", (error) => log.warn({ err: error, channel }, "lost the connection for notifications"));
    opened.once("end", () => void reconnect());
    opened.on("notification", ({ payload }) => payload !== undefined && onMessage(payload));
    await opened.connect();
    await opened.query(`listen ${channel}`);
    return opened;
  }

  async function reconnect(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await delay(RECONNECT_MS, undefined, { signal: stopping.signal });
        client = await open();
        options.onGap?.();
        return;
      } catch (error) {
        if (!stopping.signal.aborted) log.warn({ err: error, channel }, "no connection for notifications");
      }
    }
  }

  return {
    async close() {
      stopping.abort();
      await client.end();
    },
  };
}
