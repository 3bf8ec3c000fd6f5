import { CyxwizError } from "@cyxwiz/errors";
import type { SplitSource } from "./dataset.ts";

/** A file's bytes and what errors call it. */
export interface TextFile {
  readonly source: string;
  readonly bytes: Uint8Array;
}

/** More than this many tokens fit into no job. */
const MAX_TOKENS = 2 ** 28;

/**
 * Cuts a text into windows of `steps` bytes, whose labels are the bytes that come next: what a model that writes texts
 * learns from. A token is a byte.
 *
 * @param stride from the start of one window to that of the next.
 * @throws CyxwizError `DATA_INVALID` when the text has not a single window, or far too many.
 */
export function textWindows({ source, bytes }: TextFile, steps: number, stride = steps): SplitSource {
  const samples = Math.floor((bytes.length - steps - 1) / stride) + 1;
  if (samples < 1) fail(source, `it has ${bytes.length} bytes; one window of ${steps} needs ${steps + 1}.`);
  checkSize(source, samples * steps);
  const features = new Uint8Array(samples * steps);
  const labels = new Uint8Array(samples * steps);
  for (let sample = 0; sample < samples; sample++) {
    const start = sample * stride;
    features.set(bytes.subarray(start, start + steps), sample * steps);
    labels.set(bytes.subarray(start + 1, start + steps + 1), sample * steps);
  }
  const shape = [samples, steps];
  return { features: { dtype: "U8", shape, data: features }, labels: { dtype: "U8", shape, data: labels } };
}

/**
 * Makes every line that is not blank a sample: its first `steps` bytes, without spaces at its ends, and zeros after
 * them. Its class is the number of the file it stands in.
 *
 * @throws CyxwizError `DATA_INVALID` when a file has no line, or all of them together far too many.
 */
export function textLines(files: readonly TextFile[], steps: number): SplitSource {
  const lines: { readonly text: Uint8Array; readonly label: number }[] = [];
  for (const [label, { source, bytes }] of files.entries()) {
    const before = lines.length;
    for (const text of splitLines(bytes)) lines.push({ text, label });
    if (lines.length === before) fail(source, "it has no line that is not blank.");
    checkSize(source, lines.length * steps);
  }
  const features = new Uint8Array(lines.length * steps);
  const labels = new Int32Array(lines.length);
  for (const [sample, { text, label }] of lines.entries()) {
    features.set(text.subarray(0, steps), sample * steps);
    labels[sample] = label;
  }
  return {
    features: { dtype: "U8", shape: [lines.length, steps], data: features },
    labels: { dtype: "I32", shape: [lines.length], data: labels },
  };
}

const NEWLINE = 10;
const SPACE = 32;

function* splitLines(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const next = newline < 0 ? bytes.length : newline;
    let [first, last] = [start, next];
    while (first < last && (bytes[first] as number) <= SPACE) first++;
    while (last > first && (bytes[last - 1] as number) <= SPACE) last--;
    if (last > first) yield bytes.subarray(first, last);
    start = next + 1;
  }
}

function checkSize(source: string, tokens: number): void {
  if (tokens > MAX_TOKENS) fail(source, `it makes ${tokens} tokens; the limit is ${MAX_TOKENS}.`);
}

function fail(source: string, problem: string): never {
  throw new CyxwizError("DATA_INVALID", { source, problem });
}
