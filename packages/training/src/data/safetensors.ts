import { CyxwizError } from "@cyxwiz/errors";
import { DTYPE_BYTES, type DType, elementBytes, type Tensor, type Tensors, viewElements } from "./tensor.ts";

const MAX_HEADER_BYTES = 100_000_000;

/** What a safetensors file holds. */
export interface SafetensorsFile {
  readonly tensors: Tensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes the safetensors format canonically: the same tensors give the same bytes, whatever order they come in.
 * Metadata keys are sorted; tensors are ordered by falling element size, then by name, as the reference
 * implementation does, so that all are aligned; the header is padded with spaces to a multiple of 8 bytes.
 */
export function encodeSafetensors(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = [...tensors].sort(inCanonicalOrder);
  const head = encodeHeader(tensors, metadata);
  const bodyBytes = entries.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  const file = new Uint8Array(head.length + bodyBytes);
  file.set(head);
  let offset = head.length;
  for (const [, tensor] of entries) {
    file.set(elementBytes(tensor), offset);
    offset += tensor.data.byteLength;
  }
  return file;
}

/** A tensor without its elements. */
export interface TensorShape {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

function inCanonicalOrder([a, p]: [string, TensorShape], [b, q]: [string, TensorShape]): number {
  return DTYPE_BYTES[q.dtype] - DTYPE_BYTES[p.dtype] || (a < b ? -1 : 1);
}

/** What {@link encodeSafetensors} writes before the first tensor. */
export function encodeHeader(
  tensors: ReadonlyMap<string, TensorShape>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = [...tensors].sort(inCanonicalOrder);
  const sorted = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.length > 0 ? [`"__metadata__":${JSON.stringify(Object.fromEntries(sorted))}`] : [];
  let end = 0;
  for (const [name, { dtype, shape }] of entries) {
    const begin = end;
    end += shape.reduce((product, length) => product * length, DTYPE_BYTES[dtype] as number);
    parts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }
  const header = new TextEncoder().encode(`{${parts.join(",")}}`);
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const head = new Uint8Array(8 + headerBytes);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerBytes), true);
  head.fill(0x20, 8);
  head.set(header, 8);
  return head;
}

/** True for bytes that look like safetensors: a plausible header length, then JSON. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= 10 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;
}

/** Where a tensor lies in a safetensors file. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly begin: number;
  readonly end: number;
}

/** What a safetensors file says of itself. */
export interface SafetensorsHeader {
  /** In the order of their bytes, which follow each other without gaps from the end of the header to that of the file. */
  readonly places: readonly TensorPlace[];
  readonly metadata: Readonly<Record<string, string>>;
  /** The size of the file. */
  readonly fileBytes: number;
}

/**
 * Reads safetensors. Tensors are views into `bytes` wherever alignment allows.
 *
 * @param source names the bytes in errors.
 * @throws CyxwizError `DATA_INVALID` on anything that the format does not allow (overlaps, gaps, wrong sizes, …).
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): SafetensorsFile {
  const { places, metadata } = decodeHeader(
    bytes.slice(0, headerEnd(bytes, bytes.length, source)),
    bytes.length,
    source,
  );
  const byName = new Map(
    places.map(({ name, dtype, shape, begin, end }) => [
      name,
      { dtype, shape, data: viewElements(dtype, bytes.subarray(begin, end)) } as Tensor,
    ]),
  );
  return { tensors: byName, metadata };
}

/**
 * Where the header of a safetensors file ends, from its first 8 bytes.
 *
 * @param fileBytes the size of the file
 * @throws CyxwizError `DATA_INVALID`
 */
export function headerEnd(start: Uint8Array, fileBytes: number, source: string): number {
  const fail = failing(source);
  if (start.length < 8) fail(`truncated: ${start.length} bytes, a safetensors file has at least 8.`);
  const headerBytes = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) fail(`not safetensors: its header would have ${headerBytes} bytes.`);
  if (8 + headerBytes > fileBytes) fail(`truncated: the header has ${headerBytes} bytes, the file ${fileBytes}.`);
  return 8 + headerBytes;
}

/**
 * Reads the header of a safetensors file: its bytes up to {@link headerEnd}.
 *
 * @param fileBytes the size of the file; `undefined` where only the header says it
 * @throws CyxwizError `DATA_INVALID`
 */
export function decodeHeader(
  headerBytes: Uint8Array,
  fileBytes: number | undefined,
  source: string,
): SafetensorsHeader {
  const fail = failing(source);
  const header = parseHeader(headerBytes.subarray(8), fail);
  const bodyBytes = fileBytes === undefined ? undefined : fileBytes - headerBytes.length;
  const places: TensorPlace[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") {
      if (!isRecord(entry) || !Object.values(entry).every((value) => typeof value === "string")) {
        fail("__metadata__ must map texts to texts.");
      }
      metadata = entry as Record<string, string>;
      continue;
    }
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = isRecord(entry) ? entry : fail(`tensor "${name}" has no description.`);
    if (typeof dtype !== "string" || !Object.hasOwn(DTYPE_BYTES, dtype)) {
      fail(`tensor "${name}" has dtype ${JSON.stringify(dtype)}; known: ${Object.keys(DTYPE_BYTES).join(", ")}.`);
    }
    if (!isSizes(shape)) fail(`tensor "${name}" has the shape ${JSON.stringify(shape)}.`);
    if (!isSizes(offsets) || offsets.length !== 2) fail(`tensor "${name}" has no valid data_offsets.`);
    const [begin, end] = offsets as [number, number];
    const expected = (shape as number[]).reduce((a, b) => a * b, 1) * DTYPE_BYTES[dtype as DType];
    if (bodyBytes !== undefined && end > bodyBytes)
      fail(`truncated: tensor "${name}" ends at byte ${end} of ${bodyBytes}.`);
    if (end - begin !== expected) {
      fail(`tensor "${name}" has ${end - begin} bytes; its shape [${shape}] as ${dtype} needs ${expected}.`);
    }
    places.push({ name, dtype: dtype as DType, shape: shape as number[], begin, end });
  }
  const covered = bodyBytes ?? Math.max(0, ...places.map(({ end }) => end));
  checkCoverage(places, covered, fail);
  const from = headerBytes.length;
  return {
    places: places.map((place) => ({ ...place, begin: from + place.begin, end: from + place.end })),
    metadata,
    fileBytes: from + covered,
  };
}

function failing(source: string): (problem: string) => never {
  return (problem) => {
    throw new CyxwizError("DATA_INVALID", { source, problem });
  };
}

function parseHeader(bytes: Uint8Array, fail: (problem: string) => never): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    fail("not safetensors: its header is not JSON.");
  }
  return isRecord(header) ? header : fail("not safetensors: its header is no JSON object.");
}

function checkCoverage(ranges: TensorPlace[], length: number, fail: (problem: string) => never): void {
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let offset = 0;
  for (const { name, begin, end } of ranges) {
    if (begin !== offset) fail(`tensor "${name}" begins at byte ${begin}; ${offset} was expected.`);
    offset = end;
  }
  if (offset !== length) fail(`${length - offset} bytes at the end belong to no tensor.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}
