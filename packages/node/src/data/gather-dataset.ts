import { CyxwizError } from "@cyxwiz/errors";
import type { JobConfig } from "@cyxwiz/protocol";
import type { CheckedJob } from "../jobs/check-job.ts";
import type { BatchExchange } from "./batch-exchange.ts";
import { checkStored } from "./check-stored.ts";
import type { DataOptions } from "./data-options.ts";
import type { DatasetOrigin } from "./dataset-source.ts";
import { DatasetSpool } from "./dataset-spool.ts";
import { fetchDataset } from "./fetch-dataset.ts";
import { shownUri } from "./shown-uri.ts";
import { streamDataset } from "./stream-dataset.ts";

/** Data that does not come with its job. */
export type AwaitedOrigin = Exclude<DatasetOrigin, { readonly kind: "sent" }>;

export interface GatherOptions {
  readonly dataDir: string;
  readonly jobId: string;
  readonly config: JobConfig;
  readonly data: DataOptions;
  /** To ask the engine by. */
  readonly exchange: BatchExchange;
  readonly signal: AbortSignal;
}

/**
 * Gets a job's data onto the disk, and checks it there: hash, counts and every value. Only then it has its name; whatever
 * goes wrong before leaves nothing behind.
 *
 * @throws CyxwizError `TIMED_OUT`, `ABORTED`; those of `fetchDataset`, `streamDataset` and `checkStored`
 */
export async function gatherDataset(origin: AwaitedOrigin, options: GatherOptions): Promise<CheckedJob> {
  const { dataDir, jobId, config, data } = options;
  const late = AbortSignal.timeout(data.timeoutMs);
  const signal = AbortSignal.any([options.signal, late]);
  const source = describeOrigin(origin);
  const spool = await DatasetSpool.create({ dataDir, jobId, limitBytes: data.maxBytes, source });
  try {
    await fill(spool, origin, { ...options, signal });
    await spool.close();
    const { memoryBytes } = data;
    const checked = await checkStored(spool.path, { config, jobId, sha256: config.datasetSha256, memoryBytes, signal });
    const path = await spool.keep();
    return "path" in checked.dataset ? { ...checked, dataset: { path } } : checked;
  } catch (error) {
    await spool.discard();
    if (options.signal.aborted) throw options.signal.reason;
    if (!late.aborted) throw error;
    throw new CyxwizError("TIMED_OUT", { what: `Getting the data set (${source})`, timeoutMs: data.timeoutMs });
  }
}

/** Where data comes from, as it may be told. */
export function describeOrigin(origin: AwaitedOrigin): string {
  switch (origin.kind) {
    case "http":
      return shownUri(origin.url.href);
    case "remote":
      return "streamed by the engine";
    case "kept":
      return "that of the last job";
  }
}

function fill(
  spool: DatasetSpool,
  origin: AwaitedOrigin,
  { config, jobId, data, exchange, signal }: GatherOptions,
): Promise<void> {
  switch (origin.kind) {
    case "http":
      return fetchDataset(origin.url, spool, { ...data, signal });
    case "kept":
      return spool.become(origin.path);
    case "remote":
      return streamDataset(exchange, spool, { config, jobId, silenceMs: data.silenceMs, signal });
  }
}
