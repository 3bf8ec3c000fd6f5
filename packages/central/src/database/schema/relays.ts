import { pgTable, uuid } from "drizzle-orm/pg-core";
import { amount } from "../amount.ts";
import { moment } from "../columns.ts";
import { jobs } from "./jobs.ts";

/** What was relayed for a job, by all replicas together. */
export const jobRelays = pgTable("job_relays", {
  jobId: uuid("job_id")
    .primaryKey()
    .references(() => jobs.id, { onDelete: "cascade" }),
  bytes: amount("bytes").notNull(),
  relayedAt: moment("relayed_at").notNull(),
});
