CREATE TABLE "job_relays" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"bytes" numeric(20,0) NOT NULL,
	"relayed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "job_relays" ADD CONSTRAINT "job_relays_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;