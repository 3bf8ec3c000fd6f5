import { bigint, index, integer, jsonb, pgTable, primaryKey, uuid, varchar } from "drizzle-orm/pg-core";
import { bytea, moment } from "../columns.ts";
import { jobs } from "./jobs.ts";

/** What two disagree about, as it was when they began; hashes are hex, numbers of 64 bits are text. */
export interface StoredCase {
  readonly escrow: string;
  readonly nonce: string;
  readonly termsHash: string;
  readonly datasetHash: string;
  readonly seed: string;
  readonly root: string;
  readonly epochs: number;
  readonly hasResult: boolean;
  readonly challenger: string;
  readonly node: string;
  readonly moveSeconds: number;
}

/** Jobs whose payer and node look for the epoch where they part. */
export const disputes = pgTable(
  "disputes",
  {
    jobId: uuid("job_id")
      .primaryKey()
      .references(() => jobs.id, { onDelete: "cascade" }),
    about: jsonb("about").$type<StoredCase>().notNull(),
    /** Unix seconds: the challenger opens within a move's time of it. */
    startedSeconds: bigint("started_seconds", { mode: "bigint" }).notNull(),
    /** BISECTION, REPLAY or DECIDED. */
    stage: varchar("stage", { length: 20 }).notNull(),
    /** challenger or node: whose turn it is; nobody's once it is decided. */
    waitsFor: varchar("waits_for", { length: 20 }),
    dueAt: moment("due_at"),
    createdAt: moment("created_at").notNull(),
    loser: varchar("loser", { length: 20 }),
    /** See `DISPUTE_REASONS`. */
    reason: varchar("reason", { length: 20 }),
    epoch: integer("epoch"),
    /** Over the case and all moves, hex. */
    transcript: varchar("transcript", { length: 64 }),
    /** Of the coordinator, over the verdict. */
    verdictSignature: bytea("verdict_signature"),
    decidedAt: moment("decided_at"),
  },
  (table) => [index("disputes_open").on(table.stage, table.waitsFor)],
);

/** What was moved, as it was signed. */
export const disputeMoves = pgTable(
  "dispute_moves",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => disputes.jobId, { onDelete: "cascade" }),
    /** From 0. */
    place: integer("place").notNull(),
    bytes: bytea("bytes").notNull(),
    signature: bytea("signature").notNull(),
    atSeconds: bigint("at_seconds", { mode: "bigint" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.place] })],
);
