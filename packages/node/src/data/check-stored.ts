import { readFile, stat } from "node:fs/promises";
import { isCyxwizError } from "@cyxwiz/errors";
import { hashFromHex } from "@cyxwiz/proof";
import type { JobConfig } from "@cyxwiz/protocol";
import { specOfJob } from "@cyxwiz/training";
import { hashFile, scanDataset } from "@cyxwiz/training/node";
import { assertHash, type CheckedJob, checkCounts, checkDatasetHash, checkTrainable } from "../jobs/check-job.ts";

export interface StoredCheck {
  readonly config: JobConfig;
  readonly jobId: string;
  /** Hex; empty where none was agreed. */
  readonly sha256: string;
  /** Data sets up to this size are read into memory, which is faster; larger ones are trained on from their file. */
  readonly memoryBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Checks a data set in its file before anything is trained on it: that it is the agreed one, and that the agreed model can
 * learn from it.
 *
 * @throws CyxwizError `JOB_TERMS_MISMATCH`, `DATA_INVALID`, `MODEL_INVALID`, and what the file system throws
 */
export async function checkStored(path: string, check: StoredCheck): Promise<CheckedJob> {
  const { config, jobId, sha256, memoryBytes, signal } = check;
  const { size } = await stat(path);
  if (size <= memoryBytes) {
    const dataset = await readFile(path, { signal });
    const datasetHash = await checkDatasetHash(dataset, sha256, jobId);
    return { config, spec: checkTrainable(config, dataset, jobId), dataset, datasetHash };
  }
  const spec = specOfJob(config);
  try {
    const scanned = await scanDataset(path, { spec, signal });
    const datasetHash = hashFromHex(scanned.sha256, "data set hash");
    assertHash({ hash: datasetHash, bytes: size }, sha256, jobId);
    checkCounts(config, scanned, jobId);
    return { config, spec, dataset: { path }, datasetHash };
  } catch (error) {
    // That it is other data than agreed says more than what is wrong with it.
    if (isCyxwizError(error, "DATA_INVALID"))
      assertHash({ hash: await hashFile(path, signal), bytes: size }, sha256, jobId);
    throw error;
  }
}
