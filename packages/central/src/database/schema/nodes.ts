import { index, integer, jsonb, pgTable, text, unique, uuid, varchar } from "drizzle-orm/pg-core";
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

    /** Its account in the registry. */
    nodeAddress: varchar("node_address", { length: 64 }),
    /** active, suspended, banned or withdrawn, as the registry has it. */
    registration: varchar("registration", { length: 20 }).notNull().default("active"),
    /** Jobs that the registry counts as running. */
    runningJobs: integer("running_jobs").notNull().default(0),
    /** Jobs that the node itself named in its last heartbeat. */
    activeJobs: integer("active_jobs").notNull().default(0),
    /** The wallet whose next job it is kept for, and until when at most. */
    heldForWallet: varchar("held_for_wallet", { length: 64 }),
    heldUntil: moment("held_until"),
    /** The tier in the registry, 0 to 3: what fees are taken by. Follows `reputationTier`. */
    registryTier: integer("registry_tier").notNull().default(0),
    /** The tier on its page of reputations, 0 to 3. */
    reputationTier: integer("reputation_tier").notNull().default(0),
    /** The counters behind the score, as the page has them. */
    reputation: jsonb("reputation").$type<Record<string, number>>(),
    /** Where on chain its reputation is; empty until there is something to say of it. */
    reputationPage: integer("reputation_page"),
    reputationEntry: integer("reputation_entry"),
    /** When Central looked last whether the node is there, how often it has since the last day was full, and how often it was. */
    uptimeLookedAt: moment("uptime_looked_at"),
    uptimeLooks: integer("uptime_looks").notNull().default(0),
    uptimeSeen: integer("uptime_seen").notNull().default(0),
    /** Days in a row on which it was nearly always there; begins anew after thirty. */
    uptimeDays: integer("uptime_days").notNull().default(0),
  },
  (table) => [
    index("nodes_last_heartbeat").on(table.lastHeartbeatAt),
    index("nodes_node_address").on(table.nodeAddress),
    unique("nodes_reputation_place").on(table.reputationPage, table.reputationEntry),
  ],
);
