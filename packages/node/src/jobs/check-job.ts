import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { equalBytes, hashJobTerms, sha256Bulk, toHex } from "@cyxwiz/proof";
import type { JobConfig } from "@cyxwiz/protocol";
import { checkDataset, openDataset, specOfJob, type TrainingSpec } from "@cyxwiz/training";
import type { DatasetSource } from "@cyxwiz/training/node";
import type { Agreement } from "./agreement.ts";

/** A job that can be trained as it is. */
export interface CheckedJob {
  readonly config: JobConfig;
  readonly spec: TrainingSpec;
  readonly dataset: DatasetSource;
  readonly datasetHash: Uint8Array;
}

/**
 * The terms hash over a config. Clients that leave the job's id out of the config mean the job they connected for.
 */
export function termsOf(config: JobConfig, jobId: string): Uint8Array {
  return hashJobTerms(config.jobId === "" ? { ...config, jobId } : config);
}

/** Refuses a config other than the one that was agreed and paid for. Throws JOB_TERMS_MISMATCH. */
export function checkTerms(config: JobConfig, agreement: Agreement, whose: string): void {
  const actual = termsOf(config, agreement.jobId);
  if (equalBytes(actual, agreement.termsHash)) return;
  throw new CyxwizError("JOB_TERMS_MISMATCH", {
    jobId: agreement.jobId,
    what: `the hash of the terms ${whose}`,
    expected: toHex(agreement.termsHash),
    actual: toHex(actual),
  });
}

/** Refuses data other than what was agreed; with an empty hash any data. Throws JOB_TERMS_MISMATCH. */
export async function checkDatasetHash(dataset: Uint8Array, expected: string, jobId: string): Promise<Uint8Array> {
  const hash = await sha256Bulk(dataset);
  assertHash({ hash, bytes: dataset.length }, expected, jobId);
  return hash;
}

/** The same for a data set whose hash is known. */
export function assertHash(
  { hash, bytes }: { readonly hash: Uint8Array; readonly bytes: number },
  expected: string,
  jobId: string,
): void {
  if (expected === "" || toHex(hash) === expected) return;
  const what = `the hash of the data set (${bytes} bytes came)`;
  throw new CyxwizError("JOB_TERMS_MISMATCH", { jobId, what, expected, actual: toHex(hash) });
}

/** Whether the agreed model can learn from the agreed data. Throws MODEL_INVALID or DATA_INVALID, naming the place. */
export function checkTrainable(config: JobConfig, bytes: Uint8Array, jobId: string): TrainingSpec {
  const spec = specOfJob(config);
  const dataset = openDataset(bytes);
  checkCounts(config, { trainSamples: dataset.train.samples, testSamples: dataset.test?.samples ?? 0 }, jobId);
  checkDataset(dataset, spec);
  return spec;
}

/** Refuses other numbers of samples than were agreed and paid for, if any were. Throws JOB_TERMS_MISMATCH. */
export function checkCounts(
  config: JobConfig,
  { trainSamples, testSamples }: { readonly trainSamples: number; readonly testSamples: number },
  jobId: string,
): void {
  if (config.datasetSamples === 0n) return;
  checkCount("training samples", config.datasetSamples, trainSamples, jobId);
  checkCount("test samples", config.testSamples, testSamples, jobId);
}

/** True for a job that no second try can mend: what was agreed is itself at fault. */
export function isHopeless(error: unknown, config: JobConfig): boolean {
  if (isCyxwizError(error, "MODEL_INVALID")) return true;
  // Without an agreed hash, other data may be sent next time.
  return isCyxwizError(error, "DATA_INVALID") && config.datasetSha256 !== "";
}

function checkCount(what: string, agreed: bigint, actual: number, jobId: string): void {
  if (agreed === BigInt(actual)) return;
  const counts = { expected: agreed.toString(), actual: actual.toString() };
  throw new CyxwizError("JOB_TERMS_MISMATCH", { jobId, what: `the number of ${what}`, ...counts });
}
