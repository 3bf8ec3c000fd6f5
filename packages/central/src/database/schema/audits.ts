import { bigint, index, integer, jsonb, pgTable, text, uuid, varchar } from "drizzle-orm/pg-core";
import { moment } from "../columns.ts";
import { jobs } from "./jobs.ts";
import { nodes } from "./nodes.ts";

/** A verdict on a job's work, by whoever signed it. */
export interface StoredVerdict {
  readonly wallet: string;
  readonly outcome: "HOLDS" | "REFUTED" | "WITHHELD";
  readonly firstFalse: number;
  readonly problem: string;
  /** Hex. */
  readonly signature: string;
  /** Unix seconds. */
  readonly decidedAtSeconds: number;
}

/** Whether a job's work is audited before it is paid, and what came of it; a row a job, made when the question comes up. */
export const audits = pgTable(
  "audits",
  {
    jobId: uuid("job_id")
      .primaryKey()
      .references(() => jobs.id, { onDelete: "cascade" }),
    /** DRAWING, NOT_DRAWN, OPEN, PASSED or FAILED. */
    status: varchar("status", { length: 20 }).notNull(),
    /** Hex: what the node had committed to. */
    root: varchar("root", { length: 64 }).notNull(),
    committedSlot: bigint("committed_slot", { mode: "bigint" }).notNull(),
    blockSlot: bigint("block_slot", { mode: "bigint" }),
    /** Base58. */
    blockHash: varchar("block_hash", { length: 64 }),
    lot: integer("lot"),
    rateBps: integer("rate_bps").notNull(),
    reasons: jsonb("reasons").$type<string[]>().notNull(),
    epochs: jsonb("epochs").$type<number[]>().notNull(),
    /** Whom the lots gave it to; null for Central. */
    auditorNodeId: uuid("auditor_node_id").references(() => nodes.id),
    /** From when on Central has a look itself. */
    centralFrom: moment("central_from").notNull(),
    /** When the node first did not show what it takes. */
    withheldSince: moment("withheld_since"),
    withheldBecause: text("withheld_because"),
    verdicts: jsonb("verdicts").$type<StoredVerdict[]>().notNull(),
    openedAt: moment("opened_at").notNull(),
    decidedAt: moment("decided_at"),
  },
  (table) => [index("audits_auditor").on(table.auditorNodeId, table.status)],
);
