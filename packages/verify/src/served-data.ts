import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storing } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import { openDataset, type TrainingData } from "@cyxwiz/training";
import { type DatasetSource, hashFile, openDatasetFile } from "@cyxwiz/training/node";
import type { NodeFiles } from "./node-files.ts";

/** More than nodes take by default. */
const MAX_BYTES = 64 * 1024 ** 3;
/** Larger data sets stay in a file. */
const MEMORY_BYTES = 256 * 1024 * 1024;
const WHAT = "The data set that the node serves";

/** The data that was agreed. */
export interface AgreedData {
  readonly dataset: TrainingData;
  /** What the data set was opened from. */
  readonly source: DatasetSource;
}

/**
 * The data of a job as the node has it. A large data set lies in the system's directory for temporary files for as long as it is
 * needed.
 *
 * @param agreed its hash, hex
 * @param cleanups takes what is to be done once it is not needed any more
 * @returns the data, or in what it is something else.
 */
export async function servedData(
  files: NodeFiles,
  agreed: string,
  cleanups: AsyncDisposableStack,
): Promise<AgreedData | { readonly problem: string }> {
  const directory = await storing(WHAT, () => mkdtemp(join(tmpdir(), "cyxwiz-verify-")));
  cleanups.defer(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, "dataset");
  const size = await files.dataset(path, MAX_BYTES);
  const hash = toHex(await storing(WHAT, () => hashFile(path)));
  if (hash !== agreed) return { problem: `the node serves data with the hash ${hash}; agreed was ${agreed}` };
  if (size <= MEMORY_BYTES) {
    const bytes = await storing(WHAT, () => readFile(path));
    return { dataset: openDataset(bytes), source: bytes };
  }
  const dataset = openDatasetFile(path);
  cleanups.defer(() => dataset.close());
  return { dataset, source: { path } };
}
