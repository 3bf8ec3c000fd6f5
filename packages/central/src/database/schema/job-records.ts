import { sql } from "drizzle-orm";
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  serial,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { bytea, moment } from "../columns.ts";
import { jobs } from "./jobs.ts";
import { nodes } from "./nodes.ts";

/** Every move a job made. */
export const jobHistory = pgTable(
  "job_history",
  {
    id: serial("id").primaryKey(),
    jobId: uuid("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    event: varchar("event", { length: 30 }).notNull(),
    fromStatus: varchar("from_status", { length: 20 }),
    toStatus: varchar("to_status", { length: 20 }).notNull(),
    detail: text("detail"),
    at: moment("at").notNull(),
  },
  (table) => [index("job_history_job").on(table.jobId)],
);

/** An order to train with other parameters; the signature is the payer's, hex, or empty. */
export interface StoredOrder {
  readonly firstEpoch: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly signature: string;
}

/** The links of a job's hash chain; epoch 0 is the start. */
export const jobCheckpoints = pgTable(
  "job_checkpoints",
  {
    id: serial("id").primaryKey(),
    jobId: uuid("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    epoch: integer("epoch").notNull(),
    checkpointHash: varchar("checkpoint_hash", { length: 64 }).notNull(),
    metrics: jsonb("metrics").$type<Record<string, number>>(),
    reportedAt: moment("reported_at").defaultNow(),
    stateHash: varchar("state_hash", { length: 64 }),
    metricsHash: varchar("metrics_hash", { length: 64 }),
    /** Unix seconds, as hashed. */
    timestampSeconds: bigint("timestamp_seconds", { mode: "bigint" }),
    /** Orders that this epoch was the first to follow. */
    orders: jsonb("orders").$type<StoredOrder[]>(),
  },
  (table) => [unique("job_checkpoints_epoch").on(table.jobId, table.epoch)],
);

/** A node held for a job, from its quote to its end. The index makes it impossible to hold a node twice. */
export const reservations = pgTable(
  "reservations",
  {
    jobId: uuid("job_id")
      .primaryKey()
      .references(() => jobs.id, { onDelete: "cascade" }),
    nodeId: uuid("node_id")
      .notNull()
      .references(() => nodes.id),
    createdAt: moment("created_at").notNull(),
    releasedAt: moment("released_at"),
  },
  (table) => [uniqueIndex("reservations_one_job_a_node").on(table.nodeId).where(sql`${table.releasedAt} is null`)],
);

/** Job tokens by their id; the tokens themselves are never stored. */
export const jobTokens = pgTable(
  "job_tokens",
  {
    id: uuid("id").primaryKey(),
    jobId: uuid("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    nodeId: uuid("node_id")
      .notNull()
      .references(() => nodes.id),
    expiresAt: moment("expires_at").notNull(),
    redeemedAt: moment("redeemed_at"),
    revokedAt: moment("revoked_at"),
  },
  (table) => [index("job_tokens_job").on(table.jobId)],
);

/**
 * What was signed for the chain. The bytes are stored before they are sent, and the same bytes are sent again after
 * a crash; signed anew, as the next attempt, is only what can no longer land. One transaction may serve several jobs:
 * then each has a row with the same bytes.
 */
export const chainTransactions = pgTable(
  "chain_transactions",
  {
    id: serial("id").primaryKey(),
    jobId: uuid("job_id")
      .notNull()
      .references(() => jobs.id, { onDelete: "cascade" }),
    /** See `Purpose` in `settlement/purpose.ts`. */
    purpose: varchar("purpose", { length: 30 }).notNull(),
    attempt: integer("attempt").notNull(),
    signature: varchar("signature", { length: 128 }).notNull(),
    bytes: bytea("bytes").notNull(),
    lastValidBlockHeight: bigint("last_valid_block_height", { mode: "bigint" }).notNull(),
    /** SIGNED, CONFIRMED, FAILED or EXPIRED. */
    status: varchar("status", { length: 20 }).notNull(),
    error: text("error"),
    createdAt: moment("created_at").notNull(),
    settledAt: moment("settled_at"),
  },
  (table) => [
    unique("chain_transactions_attempt").on(table.jobId, table.purpose, table.attempt),
    unique("chain_transactions_signature").on(table.signature, table.jobId),
  ],
);
