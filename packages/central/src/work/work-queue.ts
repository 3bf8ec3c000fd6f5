import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { Tx } from "../database/connect.ts";

/** What is to be done, durably: for a job, or (`reputation`) for all nodes together. */
export type Work =
  | "settle"
  | "anchor"
  | "report"
  | "audit"
  | "auditor"
  | "dispute"
  | "expire"
  | "start-timeout"
  | "reputation";
const WORK: readonly Work[] = [
  "settle",
  "anchor",
  "report",
  "audit",
  "auditor",
  "dispute",
  "expire",
  "start-timeout",
  "reputation",
];
/** Of this kind nothing more is queued while something is: it looks for itself what there is to do. */
const ONE_AT_A_TIME: readonly Work[] = ["reputation"];

/** Replaying an epoch takes as long as training it. */
const LONG: readonly Work[] = ["audit"];

/** Work that survives a crash: queued in the same transaction as what makes it necessary, done at least once. */
export interface WorkQueue {
  /** Queues work as part of a transaction; `jobId` is what it is about. */
  send(tx: Tx, work: Work, jobId: string, afterSeconds?: number): Promise<void>;
  /** Like `send`; but however often it is said, at most one comes of it in each stretch of so many seconds. */
  sendOnce(tx: Tx, work: Work, jobId: string, afterSeconds: number): Promise<void>;
  close(): Promise<void>;
}

// A crashed worker's job is taken up again after this.
const HEARTBEAT_SECONDS = 10;
const RETRY_LIMIT = 100_000;
/** Work that waits for so long is forgotten: longer than any escrow, or dispute about one, can last. */
const RETENTION_SECONDS = 2 * 365 * 86_400;

/** Starts working; `handlers` must be safe to run more than once, also at the same time on two replicas. */
export async function startWorkQueue(options: {
  readonly databaseUrl: string;
  readonly handlers: Readonly<Record<Work, (jobId: string) => Promise<void>>>;
  readonly log: Logger;
}): Promise<WorkQueue> {
  const { databaseUrl, handlers, log } = options;
  const boss = new PgBoss({
    connectionString: databaseUrl,
    max: 5,
    schedule: false,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
  });
  boss.on("error", (error) => log.error({ err: error }, "work queue"));
  await boss.start();
  for (const work of WORK) {
    await boss.createQueue(work, {
      policy: ONE_AT_A_TIME.includes(work) ? "exclusive" : "standard",
      heartbeatSeconds: HEARTBEAT_SECONDS,
      retryLimit: RETRY_LIMIT,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 30,
      expireInSeconds: LONG.includes(work) ? 86_000 : 300,
      retentionSeconds: RETENTION_SECONDS,
    });
    const settings = { pollingIntervalSeconds: 1, localConcurrency: 2, batchSize: 1 };
    await boss.work<{ jobId: string }>(work, settings, async (batch) => {
      for (const { data } of batch) {
        await handlers[work](data.jobId).catch((error: unknown) => {
          log.warn({ err: error, work, jobId: data.jobId }, "will be tried again");
          throw error;
        });
      }
    });
  }
  return {
    async send(tx, work, jobId, afterSeconds = 0) {
      await boss.send(work, { jobId }, { db: fromDrizzle(tx, sql), startAfter: afterSeconds });
    },
    async sendOnce(tx, work, jobId, afterSeconds) {
      const singleton = { singletonKey: jobId, singletonSeconds: afterSeconds };
      await boss.send(work, { jobId }, { db: fromDrizzle(tx, sql), startAfter: afterSeconds, ...singleton });
    },
    close: () => boss.stop({ graceful: true, timeout: 5_000 }),
  };
}
