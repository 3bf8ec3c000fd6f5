CREATE TABLE "event_cursors" (
	"program" varchar(64) PRIMARY KEY NOT NULL,
	"signature" varchar(128) NOT NULL,
	"slot" bigint NOT NULL,
	"read_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reputation_batches" (
	"id" serial PRIMARY KEY NOT NULL,
	"page" integer NOT NULL,
	"sequence" bigint NOT NULL,
	"outcomes" "bytea" NOT NULL,
	"attempt" integer NOT NULL,
	"signature" varchar(128) NOT NULL,
	"bytes" "bytea" NOT NULL,
	"last_valid_block_height" bigint NOT NULL,
	"status" varchar(20) NOT NULL,
	"refusals" integer DEFAULT 0 NOT NULL,
	"error" text,
	"created_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "blockchain_events" ADD COLUMN "program" varchar(30);--> statement-breakpoint
ALTER TABLE "blockchain_events" ADD COLUMN "slot" bigint;--> statement-breakpoint
ALTER TABLE "blockchain_events" ADD COLUMN "block_time" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "reputation_update_queue" ADD COLUMN "kind" smallint;--> statement-breakpoint
ALTER TABLE "reputation_update_queue" ADD COLUMN "value" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "reputation_update_queue" SET
	"kind" = CASE "reason" WHEN 'JOB_COMPLETED' THEN 0 WHEN 'JOB_FAILED' THEN 1 WHEN 'JOB_TIMED_OUT' THEN 2 ELSE 3 END,
	"value" = CASE "reason" WHEN 'JOB_COMPLETED' THEN 1000 ELSE 0 END;--> statement-breakpoint
ALTER TABLE "reputation_update_queue" ALTER COLUMN "kind" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "reputation_update_queue" ADD COLUMN "batch_id" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "match_explanation" jsonb;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "node_address" varchar(64);--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "registration" varchar(20) DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "running_jobs" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "active_jobs" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "registry_tier" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "reputation_tier" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "reputation" jsonb;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "reputation_page" integer;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "reputation_entry" integer;--> statement-breakpoint
CREATE UNIQUE INDEX "reputation_batches_place" ON "reputation_batches" USING btree ("page","sequence") WHERE "reputation_batches"."status" <> 'REPLACED';--> statement-breakpoint
CREATE UNIQUE INDEX "reputation_batches_one_a_page" ON "reputation_batches" USING btree ("page") WHERE "reputation_batches"."status" = 'SIGNED';--> statement-breakpoint
ALTER TABLE "reputation_update_queue" ADD CONSTRAINT "reputation_update_queue_batch_id_reputation_batches_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."reputation_batches"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "blockchain_events_waiting" ON "blockchain_events" USING btree ("id") WHERE not "blockchain_events"."processed";--> statement-breakpoint
CREATE INDEX "reputation_update_queue_batch" ON "reputation_update_queue" USING btree ("batch_id");--> statement-breakpoint
CREATE INDEX "nodes_node_address" ON "nodes" USING btree ("node_address");--> statement-breakpoint
ALTER TABLE "nodes" ADD CONSTRAINT "nodes_reputation_place" UNIQUE("reputation_page","reputation_entry");