import { CyxwizError } from "@cyxwiz/errors";
import type { SplitSource } from "./dataset.ts";
import type { Tensor } from "./tensor.ts";

/** How a CSV table is to be read. */
export interface CsvOptions {
  /** The column of the label, by name in the header or by number from 0; negative counts from the end. Default: last. */
  readonly label?: string | number;
  /** Whether the first row holds names. Default: it does when any of its cells is not a number. */
  readonly header?: boolean;
  /** Shape of one sample, e.g. [28, 28, 1]; default: one flat row. */
  readonly shape?: readonly number[];
}

/**
 * Reads comma-separated numbers, one sample a line; cells may be quoted. Labels become class numbers when all are
 * whole, targets otherwise; features become bytes when all are whole and within 0–255.
 *
 * @throws CyxwizError `DATA_INVALID` naming the line and column.
 */
export function readCsv(bytes: Uint8Array, source: string, options: CsvOptions = {}): SplitSource {
  const { values, columns, rows, names } = readCsvTable(bytes, source, options.header);
  if (columns < 2) fail(source, "a table with a label needs at least 2 columns.");
  const label = labelColumn(options.label ?? -1, columns, names, source);
  const features = new Float64Array(rows * (columns - 1));
  const labels = new Float64Array(rows);
  for (let row = 0, index = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column] as number;
      if (column === label) labels[row] = value;
      else features[index++] = value;
    }
  }
  const sample = options.shape ?? [columns - 1];
  if (sample.reduce((a, b) => a * b, 1) !== columns - 1) {
    fail(source, `${columns - 1} feature columns do not make the shape [${sample}].`);
  }
  return { features: narrow(features, [rows, ...sample], false), labels: narrow(labels, [rows], true) };
}

/** Reads comma-separated numbers as one matrix without a label column. Throws `DATA_INVALID`. */
export function readCsvMatrix(bytes: Uint8Array, source: string, options: Pick<CsvOptions, "header"> = {}): Tensor {
  const { values, columns, rows } = readCsvTable(bytes, source, options.header);
  return narrow(values, columns === 1 ? [rows] : [rows, columns], columns === 1);
}

function narrow(values: Float64Array, shape: readonly number[], classes: boolean): Tensor {
  if (classes && values.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31)) {
    return { dtype: "I32", shape, data: Int32Array.from(values) };
  }
  if (!classes && values.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)) {
    return { dtype: "U8", shape, data: Uint8Array.from(values) };
  }
  return { dtype: "F32", shape, data: Float32Array.from(values) };
}

function readCsvTable(bytes: Uint8Array, source: string, wantsHeader: boolean | undefined) {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    fail(source, "it is neither a known binary format nor UTF-8 text.");
  }
  const lines = text.split(/\r\n|\n|\r/);
  let first = lines.findIndex((line) => line.trim() !== "");
  if (first === -1) fail(source, "it is empty.");
  const head = cells(lines[first] as string);
  const columns = head.length;
  let names: string[] | undefined;
  if (wantsHeader ?? head.some((cell) => !isNumber(cell))) {
    names = head;
    first++;
  }
  const values = new Float64Array((lines.length - first) * columns);
  let rows = 0;
  for (let line = first; line < lines.length; line++) {
    const content = lines[line] as string;
    if (content.trim() === "") continue;
    const row = cells(content);
    if (row.length !== columns) fail(source, `line ${line + 1} has ${row.length} columns, expected ${columns}.`);
    for (let column = 0; column < columns; column++) {
      const cell = row[column] as string;
      if (!isNumber(cell))
        fail(
          source,
          `line ${line + 1}, column ${column + 1}: ${JSON.stringify(cell.slice(0, 40))} is not a finite number.`,
        );
      values[rows * columns + column] = Number(cell);
    }
    rows++;
  }
  if (rows === 0) fail(source, "it has a header but no rows.");
  return { values: values.subarray(0, rows * columns), columns, rows, names };
}

function cells(line: string): string[] {
  return line.split(",").map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .trim(),
  );
}

function isNumber(cell: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) && Number.isFinite(Number(cell));
}

function labelColumn(label: string | number, columns: number, names: string[] | undefined, source: string): number {
  if (typeof label === "string") {
    const index = names?.indexOf(label) ?? -1;
    if (index === -1) fail(source, `there is no column "${label}". Columns: ${names?.join(", ") ?? "no header"}.`);
    return index;
  }
  const index = label < 0 ? columns + label : label;
  if (!Number.isInteger(index) || index < 0 || index >= columns) {
    fail(source, `there is no column ${label}; it has ${columns}.`);
  }
  return index;
}

function fail(source: string, problem: string): never {
  throw new CyxwizError("DATA_INVALID", { source, problem });
}
