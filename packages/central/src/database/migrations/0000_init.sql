CREATE TABLE "blockchain_events" (
	"id" serial PRIMARY KEY NOT NULL,
	"event_type" varchar(50) NOT NULL,
	"tx_signature" varchar(128) NOT NULL,
	"event_index" integer NOT NULL,
	"job_id" uuid,
	"node_id" uuid,
	"payload" jsonb,
	"processed" boolean DEFAULT false,
	"created_at" timestamp with time zone DEFAULT now(),
	CONSTRAINT "blockchain_events_place" UNIQUE("tx_signature","event_index")
);
--> statement-breakpoint
CREATE TABLE "reputation_update_queue" (
	"id" serial PRIMARY KEY NOT NULL,
	"node_id" uuid NOT NULL,
	"score_change" integer NOT NULL,
	"reason" varchar(50) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now(),
	"processed" boolean DEFAULT false,
	"on_chain_tx_signature" varchar(128)
);
--> statement-breakpoint
CREATE TABLE "chain_transactions" (
	"id" serial PRIMARY KEY NOT NULL,
	"job_id" uuid NOT NULL,
	"purpose" varchar(30) NOT NULL,
	"attempt" integer NOT NULL,
	"signature" varchar(128) NOT NULL,
	"bytes" "bytea" NOT NULL,
	"last_valid_block_height" bigint NOT NULL,
	"status" varchar(20) NOT NULL,
	"error" text,
	"created_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "chain_transactions_signature_unique" UNIQUE("signature"),
	CONSTRAINT "chain_transactions_attempt" UNIQUE("job_id","purpose","attempt")
);
--> statement-breakpoint
CREATE TABLE "job_checkpoints" (
	"id" serial PRIMARY KEY NOT NULL,
	"job_id" uuid NOT NULL,
	"epoch" integer NOT NULL,
	"checkpoint_hash" varchar(64) NOT NULL,
	"metrics" jsonb,
	"reported_at" timestamp with time zone DEFAULT now(),
	"state_hash" varchar(64),
	"metrics_hash" varchar(64),
	"timestamp_seconds" bigint,
	CONSTRAINT "job_checkpoints_epoch" UNIQUE("job_id","epoch")
);
--> statement-breakpoint
CREATE TABLE "job_history" (
	"id" serial PRIMARY KEY NOT NULL,
	"job_id" uuid NOT NULL,
	"event" varchar(30) NOT NULL,
	"from_status" varchar(20),
	"to_status" varchar(20) NOT NULL,
	"detail" text,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job_id" uuid NOT NULL,
	"node_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"redeemed_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"status" varchar(20) NOT NULL,
	"config" jsonb NOT NULL,
	"assigned_node_id" uuid,
	"auth_token" varchar(512),
	"started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"result_hash" varchar(64),
	"proof_of_compute" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"escrow_tx_signature" varchar(128),
	"escrow_amount" numeric(20,0),
	"escrow_status" varchar(20),
	"payment_tx_signature" varchar(128),
	"checkpoint_merkle_root" varchar(64),
	"on_chain_checkpoint_merkle_root" varchar(64),
	"owned" boolean DEFAULT false NOT NULL,
	"payer_wallet" varchar(64),
	"terms_hash" "bytea",
	"quoted_amount" numeric(20,0),
	"estimated_seconds" integer,
	"escrow_address" varchar(64),
	"escrow_nonce" numeric(20,0),
	"escrow_deadline" timestamp with time zone,
	"confirm_by" timestamp with time zone,
	"confirmed_at" timestamp with time zone,
	"start_tx_signature" varchar(128),
	"anchor_tx_signature" varchar(128),
	"refund_tx_signature" varchar(128),
	"paid_to_node" numeric(20,0),
	"paid_to_platform" numeric(20,0),
	"refunded" numeric(20,0),
	"node_seen_at" timestamp with time zone,
	"progress" double precision DEFAULT 0 NOT NULL,
	"current_epoch" integer DEFAULT 0 NOT NULL,
	"metrics" jsonb,
	"rejected_proofs" integer DEFAULT 0 NOT NULL,
	"failure" jsonb,
	CONSTRAINT "jobs_escrow_tx_signature_unique" UNIQUE("escrow_tx_signature"),
	CONSTRAINT "jobs_escrow_use" UNIQUE("escrow_address","escrow_nonce")
);
--> statement-breakpoint
CREATE TABLE "nodes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"wallet_pubkey" varchar(64),
	"stake_amount" numeric(20,0),
	"reputation_score" integer,
	"last_reputation_sync" timestamp with time zone,
	"name" varchar(200),
	"endpoint" varchar(300),
	"certificate_pem" text,
	"certificate_sha256" varchar(64),
	"session_hash" varchar(64),
	"info" jsonb,
	"flops_per_second" numeric(20,0),
	"last_heartbeat_at" timestamp with time zone,
	"registered_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "nodes_wallet_pubkey_unique" UNIQUE("wallet_pubkey"),
	CONSTRAINT "nodes_session_hash_unique" UNIQUE("session_hash")
);
--> statement-breakpoint
CREATE TABLE "reservations" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"node_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"released_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"wallet_pubkey" varchar(64),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_wallet_pubkey_unique" UNIQUE("wallet_pubkey")
);
--> statement-breakpoint
ALTER TABLE "reputation_update_queue" ADD CONSTRAINT "reputation_update_queue_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chain_transactions" ADD CONSTRAINT "chain_transactions_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_checkpoints" ADD CONSTRAINT "job_checkpoints_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_history" ADD CONSTRAINT "job_history_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_tokens" ADD CONSTRAINT "job_tokens_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_tokens" ADD CONSTRAINT "job_tokens_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_assigned_node_id_nodes_id_fk" FOREIGN KEY ("assigned_node_id") REFERENCES "public"."nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "job_history_job" ON "job_history" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "job_tokens_job" ON "job_tokens" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "jobs_status" ON "jobs" USING btree ("status");--> statement-breakpoint
CREATE INDEX "jobs_user" ON "jobs" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "jobs_node" ON "jobs" USING btree ("assigned_node_id");--> statement-breakpoint
CREATE INDEX "nodes_last_heartbeat" ON "nodes" USING btree ("last_heartbeat_at");--> statement-breakpoint
CREATE UNIQUE INDEX "reservations_one_job_a_node" ON "reservations" USING btree ("node_id") WHERE "reservations"."released_at" is null;