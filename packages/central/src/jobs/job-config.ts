import { create, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import { type JobConfig, JobConfigSchema, JobPriority, JobType } from "@cyxwiz/protocol";
import { specOfJob, type TrainingSpec } from "@cyxwiz/training";
import { isAddress } from "@solana/kit";
import type { Priority } from "../pricing/rates.ts";

const MAX_SAMPLES = 1n << 40n;
const MAX_HYPERPARAMETERS = 100;
const MAX_TEXT = 4_096;

const PRIORITIES: Readonly<Record<JobPriority, Priority>> = {
  [JobPriority.PRIORITY_LOW]: "low",
  [JobPriority.PRIORITY_NORMAL]: "normal",
  [JobPriority.PRIORITY_HIGH]: "high",
  [JobPriority.PRIORITY_CRITICAL]: "critical",
};

/** A config that was found good. */
export interface CheckedConfig {
  readonly config: JobConfig;
  readonly spec: TrainingSpec;
  readonly priority: Priority;
}

/** Checks all of a job's config. Throws INVALID_FIELD, or MODEL_INVALID, naming what is wrong and where. */
export function checkConfig(config: JobConfig | undefined, jobId: string): CheckedConfig {
  if (!config) throw invalid("config", "is missing");
  if (!isAddress(config.paymentAddress)) {
    throw invalid("config.payment_address", "must be a wallet's address (base58, 32 bytes)");
  }
  if (config.jobType !== JobType.TRAINING && config.jobType !== JobType.UNKNOWN) {
    throw invalid("config.job_type", "only training jobs are taken");
  }
  const priority = PRIORITIES[config.priority];
  if (priority === undefined) throw invalid("config.priority", `${config.priority} is none`);
  if (config.seed > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid("config.seed", "must be below 2^53");
  range("config.dataset_samples", config.datasetSamples, MAX_SAMPLES);
  range("config.test_samples", config.testSamples, MAX_SAMPLES);
  range("config.estimated_duration", config.estimatedDuration, 86_400n * 365n);
  range("config.estimated_memory", config.estimatedMemory, 1n << 50n);
  if (config.datasetSha256 !== "" && !/^[0-9a-f]{64}$/.test(config.datasetSha256)) {
    throw invalid("config.dataset_sha256", "must be 64 lower-case hex digits");
  }
  if (config.datasetUri.length > MAX_TEXT) throw invalid("config.dataset_uri", `longer than ${MAX_TEXT} characters`);
  if (Object.entries(config.hyperparameters).some((entry) => entry.join().length > MAX_TEXT)) {
    throw invalid("config.hyperparameters", `an entry longer than ${MAX_TEXT} characters`);
  }
  if (Object.keys(config.hyperparameters).length > MAX_HYPERPARAMETERS) {
    throw invalid("config.hyperparameters", `more than ${MAX_HYPERPARAMETERS} entries`);
  }
  const spec = specOfJob(config);
  return { config: create(JobConfigSchema, { ...config, jobId }), spec, priority };
}

/** A config as it is stored. */
export function storeConfig(config: JobConfig): Record<string, unknown> {
  return toJson(JobConfigSchema, config) as Record<string, unknown>;
}

/** A stored config. */
export function loadConfig(stored: Record<string, unknown>): JobConfig {
  return fromJson(JobConfigSchema, stored as JsonValue, { ignoreUnknownFields: true });
}

function range(field: string, value: bigint, max: bigint): void {
  if (value < 0n || value > max) throw invalid(field, `must be from 0 to ${max}`);
}

function invalid(field: string, problem: string): CyxwizError {
  return new CyxwizError("INVALID_FIELD", { field, problem });
}
