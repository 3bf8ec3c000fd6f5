import { CyxwizError } from "@cyxwiz/errors";
import { DTYPE_BYTES, type DType, type Tensor, viewElements } from "./tensor.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const TYPES: Readonly<Record<string, DType>> = {
  "|u1": "U8",
  "<u1": "U8",
  "|b1": "U8",
  "<i4": "I32",
  "<i8": "I64",
  "<f4": "F32",
  "<f8": "F64",
};

/**
 * Reads NumPy's `.npy`, versions 1 to 3: little-endian u1, i4, i8, f4, f8 in C order.
 *
 * @throws CyxwizError `DATA_INVALID`
 */
export function readNpy(bytes: Uint8Array, source: string): Tensor {
  const fail = (problem: string): never => {
    throw new CyxwizError("DATA_INVALID", { source, problem });
  };
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) fail("not an NPY file: its magic bytes are missing.");
  if (bytes.length < 12) fail(`truncated: ${bytes.length} bytes.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] as number;
  if (version < 1 || version > 3) fail(`NPY version ${version} is unknown.`);
  const start = version === 1 ? 10 : 12;
  const headerBytes = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + headerBytes > bytes.length) fail(`truncated: the header has ${headerBytes} bytes.`);
  const header = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.slice(start, start + headerBytes));

  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1] ?? fail("NPY header names no single element type.");
  const dtype =
    (Object.hasOwn(TYPES, descr) ? TYPES[descr] : undefined) ??
    fail(`NPY elements of ${descr} are not supported; known: ${Object.keys(TYPES).join(", ")}.`);
  if (!/'fortran_order'\s*:\s*False/.test(header)) fail("NPY in Fortran order is not supported; save it in C order.");
  const sizes = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(header)?.[1] ?? fail("NPY header has no shape.");
  const shape = sizes
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map(Number);
  const expected = start + headerBytes + shape.reduce((a, b) => a * b, 1) * DTYPE_BYTES[dtype];
  if (bytes.length !== expected) {
    const problem = bytes.length < expected ? "truncated" : "too long";
    fail(`${problem}: its shape [${shape}] as ${descr} needs ${expected} bytes, the file has ${bytes.length}.`);
  }
  return { dtype, shape, data: viewElements(dtype, bytes.subarray(start + headerBytes)) } as Tensor;
}
