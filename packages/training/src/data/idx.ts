import { CyxwizError } from "@cyxwiz/errors";
import { type Tensor, viewElements } from "./tensor.ts";

/** Element types of the IDX format by their code, with the width in the file. */
const TYPES: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  8: { name: "unsigned byte", bytes: 1 },
  9: { name: "signed byte", bytes: 1 },
  11: { name: "int16", bytes: 2 },
  12: { name: "int32", bytes: 4 },
  13: { name: "float32", bytes: 4 },
  14: { name: "float64", bytes: 8 },
};

/**
 * Reads the IDX format of MNIST: a big-endian header with type and sizes, then the elements. Bytes stay a view.
 *
 * @throws CyxwizError `DATA_INVALID` naming the offset.
 */
export function readIdx(bytes: Uint8Array, source: string): Tensor {
  const fail = (problem: string): never => {
    throw new CyxwizError("DATA_INVALID", { source, problem });
  };
  if (bytes.length < 4) fail(`truncated: ${bytes.length} bytes, an IDX file has at least 4.`);
  if (bytes[0] !== 0 || bytes[1] !== 0) fail("not an IDX file: it does not begin with two zero bytes.");
  const code = bytes[2] as number;
  const type = TYPES[code] ?? fail(`IDX element type ${code} at offset 2 is unknown.`);
  if (code !== 8 && code !== 12 && code !== 13 && code !== 14) fail(`IDX elements of ${type.name} are not supported.`);
  const dimensions = bytes[3] as number;
  const headerBytes = 4 + 4 * dimensions;
  if (dimensions === 0) fail("IDX with no dimensions at offset 3.");
  if (bytes.length < headerBytes) fail(`truncated: the header has ${headerBytes} bytes, the file ${bytes.length}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index));
  const expected = headerBytes + shape.reduce((a, b) => a * b, 1) * type.bytes;
  if (bytes.length !== expected) {
    const problem = bytes.length < expected ? "truncated" : "too long";
    fail(`${problem}: its shape [${shape}] needs ${expected} bytes, the file has ${bytes.length}.`);
  }
  const body = bytes.subarray(headerBytes);
  if (code === 8) return { dtype: "U8", shape, data: body };
  const little = reverseElements(body, type.bytes);
  if (code === 12) return { dtype: "I32", shape, data: viewElements("I32", little) };
  if (code === 13) return { dtype: "F32", shape, data: viewElements("F32", little) };
  return { dtype: "F64", shape, data: viewElements("F64", little) };
}

function reverseElements(bytes: Uint8Array, width: number): Uint8Array {
  const copy = bytes.slice();
  for (let start = 0; start < copy.length; start += width) copy.subarray(start, start + width).reverse();
  return copy;
}
