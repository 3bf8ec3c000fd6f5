CREATE TABLE "audits" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"status" varchar(20) NOT NULL,
	"root" varchar(64) NOT NULL,
	"committed_slot" bigint NOT NULL,
	"block_slot" bigint,
	"block_hash" varchar(64),
	"lot" integer,
	"rate_bps" integer NOT NULL,
	"reasons" jsonb NOT NULL,
	"epochs" jsonb NOT NULL,
	"auditor_node_id" uuid,
	"central_from" timestamp with time zone NOT NULL,
	"withheld_since" timestamp with time zone,
	"withheld_because" text,
	"verdicts" jsonb NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"decided_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "paused_seconds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "refused_report" text;--> statement-breakpoint
ALTER TABLE "audits" ADD CONSTRAINT "audits_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audits" ADD CONSTRAINT "audits_auditor_node_id_nodes_id_fk" FOREIGN KEY ("auditor_node_id") REFERENCES "public"."nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audits_auditor" ON "audits" USING btree ("auditor_node_id","status");