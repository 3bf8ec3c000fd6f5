CREATE TABLE "dispute_moves" (
	"job_id" uuid NOT NULL,
	"place" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"at_seconds" bigint NOT NULL,
	CONSTRAINT "dispute_moves_job_id_place_pk" PRIMARY KEY("job_id","place")
);
--> statement-breakpoint
CREATE TABLE "disputes" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"about" jsonb NOT NULL,
	"started_seconds" bigint NOT NULL,
	"stage" varchar(20) NOT NULL,
	"waits_for" varchar(20),
	"due_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"loser" varchar(20),
	"reason" varchar(20),
	"epoch" integer,
	"transcript" varchar(64),
	"verdict_signature" "bytea",
	"decided_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "dispute_moves" ADD CONSTRAINT "dispute_moves_job_id_disputes_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."disputes"("job_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "disputes_open" ON "disputes" USING btree ("stage","waits_for");