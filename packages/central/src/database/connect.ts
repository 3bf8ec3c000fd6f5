import { fileURLToPath } from "node:url";
import { CyxwizError } from "@cyxwiz/errors";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import * as schema from "./schema/index.ts";

export type Db = NodePgDatabase<typeof schema>;
/** A transaction; anything that takes one also takes the whole database. */
export type Tx = Pick<Db, "select" | "insert" | "update" | "delete" | "execute" | "query" | "transaction">;

/** Open connections to the database, its schema up to date. */
export interface Connection {
  readonly db: Db;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

const MIGRATIONS = fileURLToPath(new URL("./migrations", import.meta.url));
/** Any number that no one else locks: replicas that start together migrate one after the other. */
const MIGRATION_LOCK = 4_395_001;

/** Connects and migrates. Throws UNREACHABLE when the database does not answer. */
export async function connect(url: string, onError: (error: Error) => void): Promise<Connection> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  pool.on("error", onError);
  try {
    await migrateUnderLock(pool);
  } catch (error) {
    await pool.end();
    const { host, pathname } = new URL(url);
    const cause = error instanceof Error ? error.message : String(error);
    throw new CyxwizError("UNREACHABLE", { peer: "the database", address: host + pathname, cause }, { cause: error });
  }
  return { db: drizzle(pool, { schema }), pool, close: () => pool.end() };
}

async function migrateUnderLock(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    try {
      await migrate(drizzle(client), { migrationsFolder: MIGRATIONS });
    } finally {
      await client.query("select pg_advisory_unlock($1)", [MIGRATION_LOCK]);
    }
  } finally {
    client.release();
  }
}
