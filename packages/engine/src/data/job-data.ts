import { sha256Bulk, toHex } from "@cyxwiz/proof";
import { openDataset } from "@cyxwiz/training";

/** What is agreed of a data set. */
export interface AboutData {
  /** Of the container's bytes, hex. */
  readonly sha256: string;
  readonly trainSamples: number;
  /** 0 without a test set. */
  readonly testSamples: number;
}

/** A container that stays in its file and is streamed to the node, so that it need not fit into memory. See `openDataFile`. */
export interface DataInFile extends AboutData {
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
}

/** A container that the node fetches by http(s), which this machine never has. */
export interface DataByUri extends AboutData {
  readonly uri: string;
}

/** The data of a job: packed bytes that are sent with it (see `packDataset`), or where they come from. */
export type JobData = Uint8Array | DataInFile | DataByUri;

/** True for bytes that travel with the job. */
export function isSent(data: JobData): data is Uint8Array {
  return ArrayBuffer.isView(data);
}

/** What is to be agreed of some data. Throws DATA_INVALID for bytes that cannot be read. */
export async function aboutData(data: JobData): Promise<AboutData> {
  if (!isSent(data)) return data;
  const { train, test } = openDataset(data);
  return { sha256: toHex(await sha256Bulk(data)), trainSamples: train.samples, testSamples: test?.samples ?? 0 };
}

/** How many bytes of it there are, as far as that is known here. */
export function sizeOf(data: JobData): number {
  if (isSent(data)) return data.length;
  return "path" in data ? data.bytes : 0;
}
