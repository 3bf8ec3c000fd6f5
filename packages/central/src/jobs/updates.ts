import { EventEmitter } from "node:events";
import { sql } from "drizzle-orm";
import type { Logger } from "pino";
import type { Tx } from "../database/connect.ts";
import { listen } from "../database/listen.ts";

const CHANNEL = "cyxwiz_job_updates";

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
  const { close } = await listen({
    databaseUrl,
    channel: CHANNEL,
    onMessage: (jobId) => emitter.emit(jobId),
    onGap: () => {
      for (const jobId of emitter.eventNames()) emitter.emit(jobId);
    },
    log,
  });
  return {
    subscribe(jobId, listener) {
      emitter.on(jobId, listener);
      return () => emitter.off(jobId, listener);
    },
    close,
  };
}
