import { stat } from "node:fs/promises";
import type { TrainingSpec } from "@cyxwiz/training";
import { loadDataset, parseDataSpec, resolveSource, scanDataset } from "@cyxwiz/training/node";
import type { DataInFile, JobData } from "./job-data.ts";

/** Containers over this size stay in their file, unless the job says otherwise. */
const STREAM_FROM_BYTES = 128 * 1024 * 1024;

/**
 * A container that is to be streamed from its file. It is read once, in pieces, for its hash and to see that the model can
 * learn from it.
 *
 * @throws CyxwizError `DATA_INVALID`, `ABORTED`
 */
export async function openDataFile(
  path: string,
  options: { readonly spec: TrainingSpec; readonly signal?: AbortSignal },
): Promise<DataInFile> {
  return { path, ...(await scanDataset(path, options)) };
}

/**
 * What the `data` part of a job file names: small data is read, a large container stays in its file, and what is on the web
 * stays there.
 *
 * @param baseDir what relative paths start from
 * @throws CyxwizError `CONFIG_INVALID`, `DATA_INVALID`, `ABORTED`
 */
export async function openData(
  dataSpec: unknown,
  { baseDir, ...options }: { readonly baseDir: string; readonly spec: TrainingSpec; readonly signal?: AbortSignal },
): Promise<JobData> {
  const parsed = parseDataSpec(dataSpec);
  if ("uri" in parsed) {
    const { uri, sha256, samples, test_samples: testSamples = 0 } = parsed;
    return { uri, sha256, trainSamples: samples, testSamples };
  }
  if ("path" in parsed) {
    const path = resolveSource(parsed.path, baseDir);
    // What cannot be looked at, reading it says better.
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    const isPacked = !path.endsWith(".gz") && !path.endsWith(".csv");
    if (parsed.stream ?? (size > STREAM_FROM_BYTES && isPacked)) return openDataFile(path, options);
  }
  const { signal } = options;
  return (await loadDataset(dataSpec, baseDir, signal ? { signal } : {})).bytes;
}
