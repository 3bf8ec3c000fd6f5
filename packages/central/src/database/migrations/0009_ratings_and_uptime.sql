ALTER TABLE "jobs" ADD COLUMN "stars" integer;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "uptime_looked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "uptime_looks" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "uptime_seen" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "uptime_days" integer DEFAULT 0 NOT NULL;