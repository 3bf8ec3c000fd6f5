import { index, integer, jsonb, pgTable, text, uuid, varchar } from "drizzle-orm/pg-core";
import { amount } from "../amount.ts";
import { moment } from "../columns.ts";

/** Workers, one a wallet. Stake and reputation are copies of what the chain says. */
export const nodes = pgTable(
  "nodes",
  {
    id: uuid("id").primaryKey(),
    walletPubkey: varchar("wallet_pubkey", { length: 64 }).unique(),
    stakeAmount: amount("stake_amount"),
    reputationScore: integer("reputation_score"),
    lastReputationSync: moment("last_reputation_sync"),
    name: varchar("name", { length: 200 }),
    /** `host:port`, where engines connect. */
    endpoint: varchar("endpoint", { length: 300 }),
    certificatePem: text("certificate_pem"),
    certificateSha256: varchar("certificate_sha256", { length: 64 }),
    /** SHA-256 of the session token; the token itself is never stored. */
    sessionHash: varchar("session_hash", { length: 64 }).unique(),
    /** What the node said of itself last: NodeInfo as JSON. */
    info: jsonb("info").$type<Record<string, unknown>>(),
    /** Measured floating point operations a second. */
    flopsPerSecond: amount("flops_per_second"),
    lastHeartbeatAt: moment("last_heartbeat_at"),
    registeredAt: moment("registered_at").notNull().defaultNow(),
  },
  (table) => [index("nodes_last_heartbeat").on(table.lastHeartbeatAt)],
);
