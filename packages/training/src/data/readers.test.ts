import { gzipSync } from "node:zlib";
import { isCyxwizError } from "@cyxwiz/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv, readCsvMatrix } from "./csv.ts";
import { gunzip } from "./gunzip.ts";
import { readIdx } from "./idx.ts";
import { readNpy } from "./npy.ts";

const text = (content: string) => new TextEncoder().encode(content);

function idx(code: number, shape: readonly number[], body: readonly number[]): Uint8Array {
  const sizes = shape.flatMap((entry) => [entry >>> 24, (entry >>> 16) & 255, (entry >>> 8) & 255, entry & 255]);
  return Uint8Array.of(0, 0, code, shape.length, ...sizes, ...body);
}

test("IDX: bytes, int32 and floats with the larger byte first", () => {
  expect(readIdx(idx(8, [2, 2], [1, 2, 3, 255]), "x")).toEqual({
    dtype: "U8",
    shape: [2, 2],
    data: Uint8Array.of(1, 2, 3, 255),
  });
  expect(readIdx(idx(12, [2], [0, 0, 1, 0, 255, 255, 255, 254]), "x").data).toEqual(Int32Array.of(256, -2));
  expect(readIdx(idx(13, [1], [0x3f, 0x80, 0, 0]), "x").data).toEqual(Float32Array.of(1));
  expect(readIdx(idx(14, [1], [0xbf, 0xf0, 0, 0, 0, 0, 0, 0]), "x").data).toEqual(Float64Array.of(-1));
});

test.each([
  ["nothing", new Uint8Array(2), "truncated"],
  ["another format", text("PK\u0003\u0004xxxx"), "not an IDX file"],
  ["an unknown type", idx(7, [1], [0]), "type 7 at offset 2"],
  ["a type we do not take", idx(11, [1], [0, 0]), "int16"],
  ["a cut header", Uint8Array.of(0, 0, 8, 3, 0, 0), "the header has 16 bytes"],
  ["missing elements", idx(8, [4], [1, 2]), "truncated: its shape [4] needs 12 bytes, the file has 10"],
  ["too many elements", idx(8, [1], [1, 2]), "too long"],
  ["a shape beyond all memory", idx(8, [2 ** 31, 2 ** 31, 2 ** 31], []), "truncated"],
])("IDX: %s is refused", (_, bytes, problem) => {
  expect(() => readIdx(bytes, "train-images")).toThrow(problem);
});

function npy(header: string, body: Uint8Array, version = 1): Uint8Array {
  const head = text(header);
  const length = version === 1 ? [head.length & 255, head.length >>> 8] : [head.length & 255, head.length >>> 8, 0, 0];
  return Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...head, ...body);
}
const header = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

test("NPY: every element type and version", () => {
  const cases = [
    ["|u1", "U8", Uint8Array.of(7, 8)],
    ["<i4", "I32", Int32Array.of(-7, 8)],
    ["<i8", "I64", BigInt64Array.of(-7n, 8n)],
    ["<f4", "F32", Float32Array.of(0.5, 8)],
    ["<f8", "F64", Float64Array.of(0.1, 8)],
  ] as const;
  for (const [descr, dtype, data] of cases) {
    for (const version of [1, 2, 3]) {
      const bytes = npy(header(descr, "(2, 1)"), new Uint8Array(data.buffer), version);
      expect(readNpy(bytes, "x")).toEqual({ dtype, shape: [2, 1], data });
    }
  }
  expect(readNpy(npy(header("|u1", "(2,)"), Uint8Array.of(1, 2)), "x").shape).toEqual([2]);
  expect(readNpy(npy(header("|u1", "()"), Uint8Array.of(1)), "x").shape).toEqual([]);
});

test.each([
  ["another format", text("hello, world"), "magic bytes"],
  ["an unknown version", npy(header("|u1", "(1,)"), Uint8Array.of(1), 4), "version 4"],
  ["half floats", npy(header("<f2", "(1,)"), new Uint8Array(2)), "<f2"],
  ["big-endian numbers", npy(header(">f4", "(1,)"), new Uint8Array(4)), ">f4"],
  ["pickled objects", npy(header("|O", "(1,)"), new Uint8Array(8)), "|O"],
  [
    "records",
    npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4)),
    "no single element type",
  ],
  ["Fortran order", npy(header("<f4", "(1,)", "True"), new Uint8Array(4)), "Fortran"],
  ["missing elements", npy(header("<f4", "(2,)"), new Uint8Array(4)), "truncated"],
  ["a cut header", npy(header("<f4", "(2,)"), new Uint8Array(0)).subarray(0, 20), "truncated"],
])("NPY: %s is refused", (_, bytes, problem) => {
  expect(() => readNpy(bytes, "x.npy")).toThrow(problem);
});

test("CSV: header or none, label by name, number or last, quotes, any line ending", () => {
  const bytes = text('"a", label ,b\r\n1,0,2.5\r\n\r\n-3,1,4e1\r\n');
  expect(readCsv(bytes, "x", { label: "label" })).toEqual({
    features: { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2.5, -3, 40) },
    labels: { dtype: "I32", shape: [2], data: Int32Array.of(0, 1) },
  });
  const plain = readCsv(text("0,255,7\n1,2,8"), "x");
  expect(plain.features).toEqual({ dtype: "U8", shape: [2, 2], data: Uint8Array.of(0, 255, 1, 2) });
  expect(plain.labels.data).toEqual(Int32Array.of(7, 8));
  expect(readCsv(text("7,1,2"), "x", { label: 0 }).labels.data).toEqual(Int32Array.of(7));
  expect(readCsv(text("1,2,0.5"), "x").labels).toEqual({ dtype: "F32", shape: [1], data: Float32Array.of(0.5) });
  expect(readCsv(text("1,2,3,4,0"), "x", { shape: [2, 2, 1] }).features.shape).toEqual([1, 2, 2, 1]);
  expect(readCsvMatrix(text("1\n2"), "x").shape).toEqual([2]);
});

test.each([
  ["nothing", "", {}, "empty"],
  ["a header only", "a,b", {}, "no rows"],
  ["one column", "1\n2", {}, "at least 2 columns"],
  ["a short row", "1,2\n3", {}, "line 2 has 1 columns, expected 2"],
  ["NaN", "1,2\nnan,3", {}, 'line 2, column 1: "nan" is not a finite number'],
  ["infinity", "1,2\n3,1e999", {}, "line 2, column 2"],
  ["an empty cell", "1,2\n,3", {}, 'line 2, column 1: ""'],
  ["no such column", "a,b\n1,2", { label: "c" }, 'no column "c". Columns: a, b'],
  ["no such number", "1,2", { label: 2 }, "no column 2"],
  ["a shape that does not fit", "1,2,3", { shape: [3] }, "do not make the shape [3]"],
])("CSV: %s is refused", (_, content, options, problem) => {
  expect(() => readCsv(text(content), "data.csv", options)).toThrow(problem);
});

test("gzip: opened, but neither truncated nor larger than the limit", async () => {
  const packed = gzipSync(Buffer.alloc(100_000, 7));
  expect((await gunzip(packed, "x", 100_000)).length).toBe(100_000);
  await expect(gunzip(packed, "x", 99_999)).rejects.toThrow("more than 99999 bytes");
  await expect(gunzip(packed.subarray(0, 50), "x.gz", 1e6)).rejects.toThrow("x.gz: damaged or truncated");
});

test("arbitrary bytes give data or DATA_INVALID from every reader", () => {
  const starts = [[], [0, 0, 8, 1], [0, 0, 13, 2], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 64 }), (start, rest) => {
      for (const read of [readIdx, readNpy, readCsv]) {
        try {
          read(Uint8Array.of(...start, ...rest), "fuzz");
        } catch (error) {
          expect(isCyxwizError(error, "DATA_INVALID"), String(error)).toBe(true);
        }
      }
    }),
    { seed: 3, numRuns: 1000 },
  );
});
