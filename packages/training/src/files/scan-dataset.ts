import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { CyxwizError } from "@cyxwiz/errors";
import { checkShapes } from "../data/check-dataset.ts";
import type { PartPlace, SplitPlace } from "../data/container-layout.ts";
import { DTYPE_BYTES, viewElements } from "../data/tensor.ts";
import { rowsPerPiece, rowWidth } from "../data/training-data.ts";
import type { Values } from "../data/value-checks.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { openDatasetFile } from "./dataset-file.ts";

/** What a data set in a file turned out to be. */
export interface ScannedDataset {
  /** Of the whole file, lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
  readonly trainSamples: number;
  /** 0 without a test set. */
  readonly testSamples: number;
}

/**
 * Reads a packed data set in its file once, in pieces: its hash, and whether a model can learn from it. The event loop goes
 * on meanwhile, and memory does not grow with the file.
 *
 * @throws CyxwizError `DATA_INVALID` as `checkDataset`, or for values that are not finite; `ABORTED`
 */
export async function scanDataset(
  path: string,
  { spec, signal }: { readonly spec: TrainingSpec; readonly signal?: AbortSignal },
): Promise<ScannedDataset> {
  const dataset = openDatasetFile(path);
  try {
    const { layout, header, bytes } = dataset;
    const checks = checkShapes(dataset, spec);
    const hash = createHash("sha256").update(header);
    await using handle = await open(path);
    for (const place of inOrder([layout.train, layout.test])) {
      const { dtype, begin, end, name } = place;
      const own = checks.filter(({ source }) => source === name);
      const step = rowsPerPiece(place) * rowWidth(place) * DTYPE_BYTES[dtype];
      const buffer = new Uint8Array(Math.min(step, end - begin));
      for (let at = begin; at < end; at += step) {
        if (signal?.aborted) throw new CyxwizError("ABORTED", { what: `Reading ${path}` }, { cause: signal.reason });
        const piece = buffer.subarray(0, Math.min(step, end - at));
        for (let done = 0; done < piece.length; ) {
          const { bytesRead } = await handle.read(piece, done, piece.length - done, at + done);
          if (bytesRead === 0) throw new CyxwizError("DATA_INVALID", { source: path, problem: "it gets shorter." });
          done += bytesRead;
        }
        hash.update(piece);
        const values = viewElements(dtype, piece) as Values;
        for (const { check } of own) check(values, (at - begin) / DTYPE_BYTES[dtype]);
      }
    }
    const { train, test } = layout;
    return { sha256: hash.digest("hex"), bytes, trainSamples: train.samples, testSamples: test?.samples ?? 0 };
  } finally {
    dataset.close();
  }
}

function inOrder(splits: readonly (SplitPlace | undefined)[]): PartPlace[] {
  return splits
    .flatMap((split): PartPlace[] => (split ? [split.features, split.labels] : []))
    .sort((a, b) => a.begin - b.begin);
}
