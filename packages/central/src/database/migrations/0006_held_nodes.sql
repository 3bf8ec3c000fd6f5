ALTER TABLE "nodes" ADD COLUMN "held_for_wallet" varchar(64);--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "held_until" timestamp with time zone;