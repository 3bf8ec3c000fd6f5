import { type FileHandle, open } from "node:fs/promises";
import { create } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import {
  type BatchRequest,
  type BatchResponse,
  BatchResponseSchema,
  type DatasetInfoResponse,
  DatasetInfoResponseSchema,
  DatasetSplit,
  StatusCode,
  toWireError,
} from "@cyxwiz/protocol";
import type { PartPlace, SplitPlace } from "@cyxwiz/training";
import { type DatasetFile, openDatasetFile } from "@cyxwiz/training/node";
import { toFloat32, toInt32 } from "./plain-elements.ts";

/** More than a node needs at once; what it asks for is in memory while it is sent. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const DTYPES = { U8: "uint8", I32: "int32", F32: "float32" } as const;

/** Answers a node's questions about a data set from its file, of which only what is asked for is in memory. */
export class DataProvider {
  readonly #path: string;
  #file: { readonly dataset: DatasetFile; readonly handle: FileHandle } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** What the data is. What goes wrong is in the answer. */
  async info(): Promise<DatasetInfoResponse> {
    try {
      const { layout, header } = (await this.#open()).dataset;
      const { train, test } = layout;
      const split = (of: SplitPlace | undefined) => ({
        numSamples: BigInt(of?.samples ?? 0),
        available: of !== undefined,
      });
      return create(DatasetInfoResponseSchema, {
        status: StatusCode.STATUS_SUCCESS,
        train: split(train),
        test: split(test),
        sampleShape: train.features.shape.slice(1),
        labelShape: train.labels.shape.slice(1),
        dtype: DTYPES[train.features.dtype],
        containerHeader: header,
      });
    } catch (error) {
      return create(DatasetInfoResponseSchema, { status: StatusCode.STATUS_ERROR, error: toWireError(known(error)) });
    }
  }

  /** Some samples. What goes wrong is in the answer. */
  async batch(request: BatchRequest): Promise<BatchResponse> {
    const { requestId } = request;
    try {
      return create(BatchResponseSchema, {
        status: StatusCode.STATUS_SUCCESS,
        requestId,
        ...(await this.#take(request)),
      });
    } catch (error) {
      return create(BatchResponseSchema, {
        status: StatusCode.STATUS_ERROR,
        requestId,
        error: toWireError(known(error)),
      });
    }
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    file?.dataset.close();
    await file?.handle.close();
  }

  async #take({ split, sampleIndices, raw }: BatchRequest) {
    const { dataset, handle } = await this.#open();
    const { train, test } = dataset.layout;
    const byNumber: Partial<Record<number, SplitPlace>> = {
      [DatasetSplit.SPLIT_TRAIN]: train,
      ...(test && { [DatasetSplit.SPLIT_TEST]: test }),
    };
    const of = byNumber[split];
    if (!of) throw invalid("split", `the data set has no split ${split}`);
    const rows = sampleIndices.map(Number);
    const missing = rows.find((row) => row < 0 || row >= of.samples);
    if (missing !== undefined)
      throw invalid("sample_indices", `there is no sample ${missing}; there are ${of.samples}`);
    if (rows.length * (rowBytes(of.features) + rowBytes(of.labels)) > MAX_ANSWER_BYTES) {
      throw invalid("sample_indices", `more than ${MAX_ANSWER_BYTES} bytes at once`);
    }
    const [features, labels] = [await readRows(handle, of.features, rows), await readRows(handle, of.labels, rows)];
    const shapeOf = ({ shape }: PartPlace) => [rows.length, ...shape.slice(1)].map(BigInt);
    return {
      images: raw ? features : toFloat32(of.features.dtype, features),
      labels: raw ? labels : toInt32(of.labels.dtype, labels),
      batchShape: shapeOf(of.features),
      labelShape: shapeOf(of.labels),
    };
  }

  async #open() {
    this.#file ??= { dataset: openDatasetFile(this.#path), handle: await open(this.#path) };
    return this.#file;
  }
}

function rowBytes({ begin, end, shape }: PartPlace): number {
  return (end - begin) / (shape[0] as number);
}

/** Rows that follow one another are read in one go. */
async function readRows(handle: FileHandle, place: PartPlace, rows: readonly number[]): Promise<Uint8Array> {
  const width = rowBytes(place);
  const bytes = new Uint8Array(rows.length * width);
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    while (end < rows.length && rows[end] === (rows[end - 1] as number) + 1) end++;
    const into = bytes.subarray(start * width, end * width);
    const from = place.begin + (rows[start] as number) * width;
    for (let done = 0; done < into.length; ) {
      const { bytesRead } = await handle.read(into, done, into.length - done, from + done);
      if (bytesRead === 0)
        throw new CyxwizError("DATA_INVALID", { source: place.name, problem: "its file is shorter now." });
      done += bytesRead;
    }
    start = end;
  }
  return bytes;
}

function invalid(field: string, problem: string): CyxwizError {
  return new CyxwizError("INVALID_FIELD", { field, problem });
}

function known(error: unknown): CyxwizError {
  return error instanceof CyxwizError ? error : new CyxwizError("INTERNAL", { what: `reading the data: ${error}` });
}
