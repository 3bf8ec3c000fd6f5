import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { parseConfig } from "../config/central-config.ts";
import type { Context } from "../context.ts";
import { type Connection, connect } from "../database/connect.ts";
import { jobs, nodes, users } from "../database/schema/index.ts";
import { type Database, startDatabase } from "../database/start-database.ts";

type JobRow = Partial<typeof jobs.$inferInsert>;
type NodeRow = Partial<typeof nodes.$inferInsert>;

/** A real PostgreSQL with Central's schema, and a clock: for what needs neither a chain nor a server. */
export class DatabaseWorld {
  /** Moves Central's clock. */
  skewMs = 0;
  readonly directory: string;
  readonly database: Database;
  readonly connection: Connection;

  private constructor(directory: string, database: Database, connection: Connection) {
    this.directory = directory;
    this.database = database;
    this.connection = connection;
  }

  static async start(): Promise<DatabaseWorld> {
    const directory = await mkdtemp(join(tmpdir(), "cyxwiz-database-"));
    const database = await startDatabase({ dataDir: directory });
    return new DatabaseWorld(directory, database, await connect(database.url, () => undefined));
  }

  /** Central's context without a chain; nobody works on what is queued. */
  context(options: object = {}): Context {
    const needed = { dataDir: this.directory, rpcUrl: "http://127.0.0.1:9", coordinatorKeypair: "unused" };
    const context = {
      config: parseConfig({ ...needed, ...options }),
      log: pino({ level: process.env.CENTRAL_TEST_LOG ?? "silent" }),
      db: this.connection.db,
      nowMs: () => Date.now() + this.skewMs,
      newId: randomUUID,
      randomBytes,
      queue: { send: async () => undefined, sendOnce: async () => undefined },
      settler: { run: async () => undefined },
    };
    return context as unknown as Context;
  }

  /** A node that was heard of just now. */
  async node(row: NodeRow = {}): Promise<string> {
    const id = randomUUID();
    const values = { id, walletPubkey: id, sessionHash: id, lastHeartbeatAt: this.#now(), ...row };
    await this.connection.db.insert(nodes).values(values);
    return id;
  }

  /** A job as it would be in this state. */
  async job(row: JobRow & { readonly status: string }): Promise<string> {
    const [id, userId] = [randomUUID(), randomUUID()];
    await this.connection.db.insert(users).values({ id: userId });
    await this.connection.db.insert(jobs).values({ id, userId, config: {}, createdAt: this.#now(), ...row });
    return id;
  }

  async statusOf(jobId: string): Promise<string | undefined> {
    const [job] = await this.sql<{ status: string }>("select status from jobs where id = $1", [jobId]);
    return job?.status;
  }

  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.connection.pool.query(text, values)).rows as Row[];
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.database.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  #now(): Date {
    return new Date(Date.now() + this.skewMs);
  }
}
