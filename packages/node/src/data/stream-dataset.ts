import { create } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import {
  type BatchRequest,
  BatchRequestSchema,
  type BatchResponse,
  DatasetSplit,
  type JobConfig,
} from "@cyxwiz/protocol";
import { DTYPE_BYTES, inferShapes, type PartPlace, type SplitPlace, specOfJob } from "@cyxwiz/training";
import { checkCounts } from "../jobs/check-job.ts";
import type { BatchExchange } from "./batch-exchange.ts";
import { channelsLast } from "./channels-last.ts";
import type { DatasetSpool } from "./dataset-spool.ts";
import { type StreamedLayout, streamedLayout } from "./streamed-layout.ts";

/** Asked for at once, so that the line is never idle. */
const WINDOW = 8;
const BATCH_BYTES = 1024 * 1024;
/** Their numbers take room in the request. */
const MAX_BATCH_SAMPLES = 8192;
const SPLITS = {
  train: DatasetSplit.SPLIT_TRAIN,
  test: DatasetSplit.SPLIT_TEST,
  validation: DatasetSplit.SPLIT_VALIDATION,
};

export interface StreamOptions {
  readonly config: JobConfig;
  readonly jobId: string;
  /** It is given up when no answer has come for so long. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** Some samples that follow one another, and where they go. */
interface Batch {
  readonly split: SplitPlace;
  readonly first: number;
  readonly count: number;
}

/**
 * Has the engine stream its data set into a file, a few batches ahead, so that neither of the two has to hold it. What has
 * come is not checked here, but for its size.
 *
 * @throws CyxwizError `DATA_INVALID` for answers that do not fit, `JOB_TERMS_MISMATCH` for other numbers of samples than agreed,
 * `TIMED_OUT`, `DATA_TOO_LARGE`, `STORAGE_FAILED`, `ABORTED`, or why the engine does not answer
 */
export async function streamDataset(
  exchange: BatchExchange,
  spool: DatasetSpool,
  options: StreamOptions,
): Promise<void> {
  const { config, jobId, silenceMs, signal } = options;
  const what = "Waiting for the engine's data";
  const timer = setTimeout(
    () => exchange.close(new CyxwizError("TIMED_OUT", { what, timeoutMs: silenceMs })),
    silenceMs,
  );
  const onAbort = () => exchange.close(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const { input } = inferShapes(specOfJob(config).model);
    const streamed = streamedLayout(await exchange.info(), input);
    timer.refresh();
    const { header, layout, fileBytes } = streamed;
    checkCounts(config, { trainSamples: layout.train.samples, testSamples: layout.test?.samples ?? 0 }, jobId);
    spool.assertFits(fileBytes);
    await spool.write(header, 0);
    const batches = batchesOf([layout.train, ...(layout.test ? [layout.test] : [])]);
    let requestId = 0;
    // Each of the workers has one batch on its way, and writes it before it asks for the next.
    const work = async () => {
      for (const batch of batches) {
        const response = await exchange.batch(requestFor(batch, { streamed, jobId, requestId: ++requestId }));
        timer.refresh();
        await store(spool, batch, response, streamed);
      }
    };
    const workers = Array.from({ length: WINDOW }, work);
    try {
      await Promise.all(workers);
    } catch (error) {
      exchange.close(error);
      await Promise.allSettled(workers);
      throw error;
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    exchange.close();
  }
}

/** All samples, in pieces. Several readers share it. */
function* batchesOf(splits: readonly SplitPlace[]): Generator<Batch> {
  for (const split of splits) {
    const rowBytes = bytesOf(split.features, 1) + bytesOf(split.labels, 1);
    const step = Math.max(1, Math.min(MAX_BATCH_SAMPLES, Math.floor(BATCH_BYTES / rowBytes)));
    for (let first = 0; first < split.samples; first += step) {
      yield { split, first, count: Math.min(step, split.samples - first) };
    }
  }
}

function requestFor(
  { split, first, count }: Batch,
  {
    streamed,
    jobId,
    requestId,
  }: { readonly streamed: StreamedLayout; readonly jobId: string; readonly requestId: number },
): BatchRequest {
  return create(BatchRequestSchema, {
    jobId,
    split: SPLITS[split.name === "test" ? streamed.testSplit : "train"],
    sampleIndices: Array.from({ length: count }, (_, index) => BigInt(first + index)),
    requestId,
    raw: streamed.raw,
  });
}

async function store(
  spool: DatasetSpool,
  batch: Batch,
  response: BatchResponse,
  { channelsFirst }: StreamedLayout,
): Promise<void> {
  const { split, first, count } = batch;
  const parts = [
    { place: split.features, bytes: response.images, shape: response.batchShape },
    { place: split.labels, bytes: response.labels, shape: response.labelShape },
  ];
  for (const { place, bytes, shape } of parts) {
    const expected = bytesOf(place, count);
    if (bytes.length !== expected) {
      fail(`${count} samples of ${place.name} have ${bytes.length} bytes; they need ${expected}.`);
    }
    const said = shape.reduce((product, length) => product * Number(length), DTYPE_BYTES[place.dtype] as number);
    if (shape.length > 0 && said !== expected) fail(`${count} samples of ${place.name} have the shape [${shape}].`);
  }
  const images = channelsFirst ? channelsLast(response.images, channelsFirst) : response.images;
  await spool.write(images, split.features.begin + bytesOf(split.features, first));
  await spool.write(response.labels, split.labels.begin + bytesOf(split.labels, first));
}

/** So many rows of a tensor. */
function bytesOf(place: PartPlace, rows: number): number {
  return ((place.end - place.begin) / (place.shape[0] as number)) * rows;
}

function fail(problem: string): never {
  throw new CyxwizError("DATA_INVALID", { source: "the engine's answer", problem });
}
