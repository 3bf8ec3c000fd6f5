import { createHash } from "node:crypto";
import { CyxwizError } from "@cyxwiz/errors";
import { readCsv, readCsvMatrix } from "../data/csv.ts";
import { openDataset, packDataset, type SplitSource } from "../data/dataset.ts";
import { readIdx } from "../data/idx.ts";
import { readNpy } from "../data/npy.ts";
import { decodeSafetensors, looksLikeSafetensors } from "../data/safetensors.ts";
import type { Tensor } from "../data/tensor.ts";
import { type TextFile, textLines, textWindows } from "../data/text.ts";
import { type DataFormat, type DataSpec, dataSpecSchema, type PartSpec, type SplitSpec } from "./data-spec.ts";
import { readSource } from "./read-source.ts";

/** A data set ready to travel. */
export interface LoadedDataset {
  /** The container (see `packDataset`). */
  readonly bytes: Uint8Array;
  readonly trainSamples: number;
  /** 0 without a test set. */
  readonly testSamples: number;
  /** Of `bytes`, lower-case hex. */
  readonly sha256: string;
}

/**
 * Reads the files that the `data` part of a job names and packs them.
 *
 * @param baseDir what relative paths start from: the job file's folder.
 * @throws CyxwizError `CONFIG_INVALID` when `dataSpec` has no known shape, `DATA_INVALID` for the files, `ABORTED`.
 */
export async function loadDataset(
  dataSpec: unknown,
  baseDir: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<LoadedDataset> {
  const spec = parseDataSpec(dataSpec);
  const read = (path: string) => readSource(path, baseDir, signal);
  let bytes: Uint8Array;
  if ("uri" in spec) {
    const problem = "data by uri is fetched by the node that trains on it, and not read here";
    throw new CyxwizError("CONFIG_INVALID", { source: "data", problem });
  }
  if ("path" in spec) {
    bytes = await read(spec.path);
  } else {
    const train = await loadSplit(spec.train, read);
    const test = spec.test && (await loadSplit(spec.test, read));
    bytes = packDataset(test ? { train, test } : { train });
  }
  const { train, test } = openDataset(bytes);
  return {
    bytes,
    trainSamples: train.samples,
    testSamples: test?.samples ?? 0,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}

/** Checks the `data` part of a job. Throws `CONFIG_INVALID`. */
export function parseDataSpec(dataSpec: unknown): DataSpec {
  const result = dataSpecSchema.safeParse(dataSpec);
  if (result.success) return result.data;
  const problem =
    "expected {train: {features, labels} | {path, label?} | {path, format: text, steps} | {classes, steps}, test?} or " +
    "{path, stream?} of a container or {uri, sha256, samples, test_samples?} of one on the web, with paths as texts or {path, format?, tensor?, header?}; format is idx, csv, npy or " +
    "safetensors.";
  throw new CyxwizError("CONFIG_INVALID", { source: "data", problem }, { cause: result.error });
}

type Read = (path: string) => Promise<Uint8Array>;

async function loadSplit(spec: SplitSpec, read: Read): Promise<SplitSource> {
  if ("features" in spec) {
    return {
      features: await loadPart(spec.features, read, "features"),
      labels: await loadPart(spec.labels, read, "labels"),
    };
  }
  if ("classes" in spec) {
    const files: TextFile[] = [];
    for (const source of spec.classes) files.push({ source, bytes: await read(source) });
    return textLines(files, spec.steps);
  }
  const bytes = await read(spec.path);
  if (spec.format === "text") return textWindows({ source: spec.path, bytes }, spec.steps, spec.stride);
  if ((spec.format ?? sniff(spec.path, bytes)) === "safetensors") {
    const { tensors } = decodeSafetensors(bytes, spec.path);
    return { features: pick(tensors, "features", spec.path), labels: pick(tensors, "labels", spec.path) };
  }
  const { label, header, shape } = spec;
  return readCsv(bytes, spec.path, {
    ...(label !== undefined && { label }),
    ...(header !== undefined && { header }),
    ...(shape && { shape }),
  });
}

async function loadPart(spec: PartSpec, read: Read, tensor: string): Promise<Tensor> {
  const part = typeof spec === "string" ? { path: spec } : spec;
  const bytes = await read(part.path);
  switch (part.format ?? sniff(part.path, bytes)) {
    case "idx":
      return readIdx(bytes, part.path);
    case "npy":
      return readNpy(bytes, part.path);
    case "safetensors":
      return pick(decodeSafetensors(bytes, part.path).tensors, part.tensor ?? tensor, part.path);
    case "csv":
      return readCsvMatrix(bytes, part.path, part.header === undefined ? {} : { header: part.header });
  }
}

function pick(tensors: ReadonlyMap<string, Tensor>, name: string, source: string): Tensor {
  const tensor = tensors.get(name);
  if (tensor) return tensor;
  const problem = `there is no tensor "${name}". Tensors: ${[...tensors.keys()].join(", ") || "none"}.`;
  throw new CyxwizError("DATA_INVALID", { source, problem });
}

function sniff(path: string, bytes: Uint8Array): DataFormat {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  if (name.endsWith(".csv")) return "csv";
  if (name.endsWith(".npy")) return "npy";
  if (name.endsWith(".safetensors")) return "safetensors";
  if (/idx\d*-u?byte$|\.idx\d*$/.test(name)) return "idx";
  if (bytes[0] === 0x93) return "npy";
  if (bytes[0] === 0 && bytes[1] === 0) return "idx";
  return looksLikeSafetensors(bytes) ? "safetensors" : "csv";
}
