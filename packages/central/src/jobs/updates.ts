import { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import pg from "pg";
import type { Logger } from "pino";
import type { Tx } from "../database/connect.ts";

const CHANNEL = "cyxwiz_job_updates";
const RECONNECT_MS = 1_000;

/** Tells, on every replica, that a job changed; whoever is told reads the job again. */
export interface JobUpdates {
  /** Calls `listener` when the job may have changed, until the returned function is called. */
  subscribe(jobId: string, listener: () => void): () => void;
  close(): Promise<void>;
}

/** Says, when the transaction commits, that a job changed. */
export async function announce(tx: Tx, jobId: string): Promise<void> {
  await tx.execute(sql`select pg_notify(${CHANNEL}, ${jobId})`);
}

/** Listens for changes; after a lost connection everybody reads again, because news may have been missed. */
export async function listenForUpdates(databaseUrl: string, log: Logger): Promise<JobUpdates> {
  const emitter = new EventEmitter().setMaxListeners(0);
  const stopping = new AbortController();
  let client = await open();

  async function open(): Promise<pg.Client> {
    const opened = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, keepAlive: true });
    opened.on("error", (error) => log.warn({ err: error }, "lost the connection for job updates"));
    opened.once("end", () => void reconnect());
    opened.on("notification", ({ payload }) => payload !== undefined && emitter.emit(payload));
    await opened.connect();
    await opened.query(`listen ${CHANNEL}`);
    return opened;
  }

  async function reconnect(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await delay(RECONNECT_MS, undefined, { signal: stopping.signal });
        client = await open();
        for (const jobId of emitter.eventNames()) emitter.emit(jobId);
        return;
      } catch (error) {
        if (!stopping.signal.aborted) log.warn({ err: error }, "no connection for job updates");
      }
    }
  }

  return {
    subscribe(jobId, listener) {
      emitter.on(jobId, listener);
      return () => emitter.off(jobId, listener);
    },
    async close() {
      stopping.abort();
      await client.end();
    },
  };
}
