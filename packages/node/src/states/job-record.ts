import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { hashFromHex, toHex } from "@cyxwiz/proof";
import { JobConfigSchema } from "@cyxwiz/protocol";
import { z } from "zod";
import type { Agreement } from "../jobs/agreement.ts";
import { checkTerms } from "../jobs/check-job.ts";
import { writeWholeSync } from "../util/write-whole-sync.ts";
import { jobDirectory } from "./job-directory.ts";

const FILE = "job.json";
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const u64 = z.string().regex(/^\d{1,20}$/);

const schema = z.object({
  version: z.literal(1),
  agreement: z.object({
    config: z.unknown(),
    termsHash: hash,
    escrowAddress: z.string(),
    payerWallet: z.string(),
    amount: u64,
  }),
  nonce: u64,
  datasetSha256: hash,
  tokenHashes: z.array(hash).readonly(),
  beganAtSeconds: z.int(),
  ended: z
    .object({
      atMs: z.number(),
      phase: z.enum(["completed", "failed", "cancelled"]),
      resultHash: hash.optional(),
    })
    .optional(),
});

/** How and when a job ended on this node. */
export interface JobEnd {
  readonly atMs: number;
  readonly phase: "completed" | "failed" | "cancelled";
  /** Hex; of a completed job. */
  readonly resultHash?: string | undefined;
}

/** What a job is: all that was agreed, who may ask for it, and how it ended. Enough to go on with it after a crash. */
export interface JobRecord {
  readonly jobId: string;
  readonly agreement: Agreement;
  /** Counts the jobs that have used the escrow account. */
  readonly nonce: bigint;
  /** Hex. */
  readonly datasetSha256: string;
  /** Hashes of the tokens that open the job's session, hex; the tokens themselves are nowhere. */
  readonly tokenHashes: readonly string[];
  /** When the node took the job. */
  readonly beganAtSeconds: number;
  /** Missing while the job is on. */
  readonly ended?: JobEnd | undefined;
}

/** Writes it into the job's directory, whole or not at all. Throws what the file system throws. */
export function writeJobRecord(dataDir: string, record: JobRecord): void {
  const { jobId, agreement, nonce, ...rest } = record;
  const { config, termsHash, escrowAddress, payerWallet, amount } = agreement;
  const json = {
    version: 1,
    agreement: {
      config: toJson(JobConfigSchema, config),
      termsHash: toHex(termsHash),
      escrowAddress,
      payerWallet,
      amount: amount.toString(),
    },
    nonce: nonce.toString(),
    ...rest,
  } satisfies z.input<typeof schema>;
  writeWholeSync(join(jobDirectory(dataDir, jobId), FILE), JSON.stringify(json));
}

/** Reads it back; `undefined` where there is none, or one that is damaged. */
export function readJobRecord(dataDir: string, jobId: string): JobRecord | undefined {
  try {
    const text = readFileSync(join(jobDirectory(dataDir, jobId), FILE), "utf8");
    const { version: _, agreement: agreed, nonce, ...rest } = schema.parse(JSON.parse(text));
    const agreement: Agreement = {
      jobId,
      config: fromJson(JobConfigSchema, agreed.config as JsonValue),
      termsHash: hashFromHex(agreed.termsHash, "terms_hash"),
      escrowAddress: agreed.escrowAddress,
      payerWallet: agreed.payerWallet,
      amount: BigInt(agreed.amount),
    };
    checkTerms(agreement.config, agreement, "that were kept");
    return { jobId, agreement, nonce: BigInt(nonce), ...rest };
  } catch {
    return undefined;
  }
}

/** Removes it. */
export function removeJobRecord(dataDir: string, jobId: string): void {
  rmSync(join(jobDirectory(dataDir, jobId), FILE), { force: true });
}
