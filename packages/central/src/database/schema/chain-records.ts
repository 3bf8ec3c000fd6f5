import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  serial,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { bytea, moment } from "../columns.ts";
import { nodes } from "./nodes.ts";

/**
 * Outcomes on their way to one page of reputations. Its place in the page's sequence and its signed bytes are stored
 * before anything is sent; the page takes each place in the sequence once.
 */
export const reputationBatches = pgTable(
  "reputation_batches",
  {
    id: serial("id").primaryKey(),
    page: integer("page").notNull(),
    sequence: bigint("sequence", { mode: "bigint" }).notNull(),
    /** As `record_outcomes` takes them, so that every attempt says the same. */
    outcomes: bytea("outcomes").notNull(),
    /** Counts the times it was signed; anew only when the bytes before could not land any more. */
    attempt: integer("attempt").notNull(),
    signature: varchar("signature", { length: 128 }).notNull(),
    bytes: bytea("bytes").notNull(),
    lastValidBlockHeight: bigint("last_valid_block_height", { mode: "bigint" }).notNull(),
    /** SIGNED, CONFIRMED, or REPLACED (somebody else took its place in the sequence; its outcomes wait again). */
    status: varchar("status", { length: 20 }).notNull(),
    /** How often the chain refused it, and why the last time. */
    refusals: integer("refusals").notNull().default(0),
    error: text("error"),
    createdAt: moment("created_at").notNull(),
    settledAt: moment("settled_at"),
  },
  (table) => [
    uniqueIndex("reputation_batches_place").on(table.page, table.sequence).where(sql`${table.status} <> 'REPLACED'`),
    uniqueIndex("reputation_batches_one_a_page").on(table.page).where(sql`${table.status} = 'SIGNED'`),
  ],
);

/** What nodes did, on its way to their reputation on chain. */
export const reputationUpdateQueue = pgTable(
  "reputation_update_queue",
  {
    id: serial("id").primaryKey(),
    nodeId: uuid("node_id")
      .notNull()
      .references(() => nodes.id),
    /** What the outcome alone does to the score; the score itself is reckoned on chain. */
    scoreChange: integer("score_change").notNull(),
    /** JOB_COMPLETED, JOB_FAILED, … */
    reason: varchar("reason", { length: 50 }).notNull(),
    createdAt: moment("created_at").defaultNow(),
    processed: boolean("processed").default(false),
    onChainTxSignature: varchar("on_chain_tx_signature", { length: 128 }),
    /** As `record_outcomes` numbers it. */
    kind: smallint("kind").notNull(),
    /** What belongs to the kind: accuracy in per mille, stars, … */
    value: integer("value").notNull().default(0),
    batchId: integer("batch_id").references(() => reputationBatches.id),
  },
  (table) => [index("reputation_update_queue_batch").on(table.batchId)],
);

/** What happened on chain. One transaction can carry several events, so signature and index are the key. */
export const blockchainEvents = pgTable(
  "blockchain_events",
  {
    id: serial("id").primaryKey(),
    eventType: varchar("event_type", { length: 50 }).notNull(),
    txSignature: varchar("tx_signature", { length: 128 }).notNull(),
    eventIndex: integer("event_index").notNull(),
    jobId: uuid("job_id"),
    nodeId: uuid("node_id"),
    payload: jsonb("payload").$type<Record<string, unknown>>(),
    /** True once everybody whom it concerns has been told. */
    processed: boolean("processed").default(false),
    createdAt: moment("created_at").defaultNow(),
    /** jobEscrow, nodeRegistry or reputationManager. */
    program: varchar("program", { length: 30 }),
    slot: bigint("slot", { mode: "bigint" }),
    blockTime: moment("block_time"),
  },
  (table) => [
    unique("blockchain_events_place").on(table.txSignature, table.eventIndex),
    index("blockchain_events_waiting").on(table.id).where(sql`not ${table.processed}`),
  ],
);

/** How far a program's history is read: everything up to this transaction, which is final. */
export const eventCursors = pgTable("event_cursors", {
  program: varchar("program", { length: 64 }).primaryKey(),
  signature: varchar("signature", { length: 128 }).notNull(),
  slot: bigint("slot", { mode: "bigint" }).notNull(),
  readAt: moment("read_at").notNull(),
});
