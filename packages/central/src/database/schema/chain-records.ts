import { boolean, integer, jsonb, pgTable, serial, unique, uuid, varchar } from "drizzle-orm/pg-core";
import { moment } from "../columns.ts";
import { nodes } from "./nodes.ts";

/** Changes of reputation on their way to the chain. */
export const reputationUpdateQueue = pgTable("reputation_update_queue", {
  id: serial("id").primaryKey(),
  nodeId: uuid("node_id")
    .notNull()
    .references(() => nodes.id),
  scoreChange: integer("score_change").notNull(),
  /** JOB_COMPLETED, JOB_FAILED, … */
  reason: varchar("reason", { length: 50 }).notNull(),
  createdAt: moment("created_at").defaultNow(),
  processed: boolean("processed").default(false),
  onChainTxSignature: varchar("on_chain_tx_signature", { length: 128 }),
});

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
    payload: jsonb("payload"),
    processed: boolean("processed").default(false),
    createdAt: moment("created_at").defaultNow(),
  },
  (table) => [unique("blockchain_events_place").on(table.txSignature, table.eventIndex)],
);
