ALTER TABLE "jobs" ADD COLUMN "submitted_from" varchar(64);--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "rejected_commitment" "bytea";--> statement-breakpoint
CREATE INDEX "jobs_payer" ON "jobs" USING btree ("payer_wallet","created_at");--> statement-breakpoint
CREATE INDEX "jobs_address" ON "jobs" USING btree ("submitted_from","created_at");