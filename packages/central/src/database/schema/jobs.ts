import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import type { MatchExplanation } from "../../matching/explain-match.ts";
import { amount } from "../amount.ts";
import { bytea, moment } from "../columns.ts";
import { nodes } from "./nodes.ts";
import { users } from "./users.ts";

/** Jobs. Everything about escrow may be null: jobs from before there were escrows stay valid. */
export const jobs = pgTable(
  "jobs",
  {
    id: uuid("id").primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id),
    /** A state of the lifecycle. */
    status: varchar("status", { length: 20 }).notNull(),
    /** JobConfig as protobuf JSON. */
    config: jsonb("config").$type<Record<string, unknown>>().notNull(),
    assignedNodeId: uuid("assigned_node_id").references(() => nodes.id),
    /** The id of the newest token (its `jti`), never the token. */
    authToken: varchar("auth_token", { length: 512 }),
    startedAt: moment("started_at"),
    completedAt: moment("completed_at"),
    resultHash: varchar("result_hash", { length: 64 }),
    proofOfCompute: text("proof_of_compute"),
    createdAt: moment("created_at").notNull().defaultNow(),

    escrowTxSignature: varchar("escrow_tx_signature", { length: 128 }).unique(),
    escrowAmount: amount("escrow_amount"),
    /** PENDING, CONFIRMED, COMPLETED or REFUNDED. */
    escrowStatus: varchar("escrow_status", { length: 20 }),
    paymentTxSignature: varchar("payment_tx_signature", { length: 128 }),
    /** The final root, once the proof was found to hold. */
    checkpointMerkleRoot: varchar("checkpoint_merkle_root", { length: 64 }),
    /** The root that stands in the escrow account. */
    onChainCheckpointMerkleRoot: varchar("on_chain_checkpoint_merkle_root", { length: 64 }),

    /** Whence it was submitted, as limits count addresses; cleared after a day. */
    submittedFrom: varchar("submitted_from", { length: 64 }),
    /** Hidden from then on; the row stays for what is still to be done, and for limits. */
    deletedAt: moment("deleted_at"),
    /** True when the job was submitted with a wallet token: then only that wallet may touch it. */
    owned: boolean("owned").notNull().default(false),
    payerWallet: varchar("payer_wallet", { length: 64 }),
    termsHash: bytea("terms_hash"),
    quotedAmount: amount("quoted_amount"),
    estimatedSeconds: integer("estimated_seconds"),
    escrowAddress: varchar("escrow_address", { length: 64 }),
    /** The account is used again from job to job; address and nonce name one use. */
    escrowNonce: amount("escrow_nonce"),
    escrowDeadline: moment("escrow_deadline"),
    confirmBy: moment("confirm_by"),
    confirmedAt: moment("confirmed_at"),
    startTxSignature: varchar("start_tx_signature", { length: 128 }),
    anchorTxSignature: varchar("anchor_tx_signature", { length: 128 }),
    refundTxSignature: varchar("refund_tx_signature", { length: 128 }),
    paidToNode: amount("paid_to_node"),
    paidToPlatform: amount("paid_to_platform"),
    refunded: amount("refunded"),
    /** When the node last spoke of the job. */
    nodeSeenAt: moment("node_seen_at"),
    /** How long its engine has held it, by what its node's heartbeats say. */
    pausedSeconds: integer("paused_seconds").notNull().default(0),
    progress: doublePrecision("progress").notNull().default(0),
    currentEpoch: integer("current_epoch").notNull().default(0),
    metrics: jsonb("metrics").$type<Record<string, number>>(),
    /** Proofs that did not hold; one may be handed in again. */
    rejectedProofs: integer("rejected_proofs").notNull().default(0),
    /** Why a report of progress was refused, if one was: a chain that is not this job's, or that does not hold together. */
    refusedReport: text("refused_report"),
    /** The commitment to the last proof that did not hold, if the node's wallet had signed it. */
    rejectedCommitment: bytea("rejected_commitment"),
    /** What its payer gave its node, 0 to 5 stars. */
    stars: integer("stars"),
    /** Why this node, and why not the others: a MatchExplanation. */
    matchExplanation: jsonb("match_explanation").$type<MatchExplanation>(),
    failure: jsonb("failure").$type<{ code: number; message: string }>(),
  },
  (table) => [
    unique("jobs_escrow_use").on(table.escrowAddress, table.escrowNonce),
    index("jobs_status").on(table.status),
    index("jobs_user").on(table.userId, table.createdAt),
    index("jobs_node").on(table.assignedNodeId),
    index("jobs_payer").on(table.payerWallet, table.createdAt),
    index("jobs_address").on(table.submittedFrom, table.createdAt),
  ],
);

export type Job = typeof jobs.$inferSelect;
