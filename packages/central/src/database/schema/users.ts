import { pgTable, uuid, varchar } from "drizzle-orm/pg-core";
import { moment } from "../columns.ts";

/** Who submits jobs: one row a wallet. */
export const users = pgTable("users", {
  id: uuid("id").primaryKey(),
  walletPubkey: varchar("wallet_pubkey", { length: 64 }).unique(),
  createdAt: moment("created_at").notNull().defaultNow(),
});
