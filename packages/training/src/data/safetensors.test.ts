import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isCyxwizError } from "@cyxwiz/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import type { Tensor } from "./tensor.ts";

const tensors = new Map<string, Tensor>([
  ["b", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 255) }],
  ["a", { dtype: "F32", shape: [2, 2], data: Float32Array.of(0, -1.5, 3e38, 1e-45) }],
  ["c", { dtype: "I64", shape: [1], data: BigInt64Array.of(-(2n ** 63n)) }],
  ["d", { dtype: "F64", shape: [], data: Float64Array.of(Math.PI) }],
  ["é", { dtype: "I32", shape: [0, 4], data: new Int32Array(0) }],
]);

test("what is written is read again, whatever order it came in", () => {
  const bytes = encodeSafetensors(tensors, { z: "1", format: "pt" });
  expect(encodeSafetensors(new Map([...tensors].reverse()), { format: "pt", z: "1" })).toEqual(bytes);
  const file = decodeSafetensors(bytes, "test");
  expect(file.metadata).toEqual({ format: "pt", z: "1" });
  expect(new Map(file.tensors)).toEqual(new Map([...file.tensors.keys()].map((name) => [name, tensors.get(name)])));
  expect(file.tensors.size).toBe(tensors.size);
  const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(headerBytes % 8).toBe(0);
});

test("tensors are read at any offset in memory", () => {
  const bytes = encodeSafetensors(tensors);
  const shifted = new Uint8Array(bytes.length + 3).subarray(3);
  shifted.set(bytes);
  expect(decodeSafetensors(shifted, "test").tensors.get("a")).toEqual(tensors.get("a"));
  const buffer = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
  expect(decodeSafetensors(buffer, "test").tensors.get("a")).toEqual(tensors.get("a"));
});

function file(header: unknown, body = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const entry = (begin: number, end: number, dtype = "U8") => ({
  dtype,
  shape: [end - begin],
  data_offsets: [begin, end],
});

test.each([
  ["nothing", new Uint8Array(0), "truncated"],
  ["a header beyond the end", file("{}").subarray(0, 9), "truncated"],
  ["an enormous header", new Uint8Array(8).fill(255), "header would have"],
  ["no JSON", file("{a"), "not JSON"],
  ["a list", file("[]"), "no JSON object"],
  ["metadata that are no texts", file({ __metadata__: { a: 1 } }), "__metadata__"],
  ["an unknown dtype", file({ a: entry(0, 1, "BF16") }, 1), 'dtype "BF16"'],
  ["an inherited dtype", file({ a: entry(0, 1, "toString") }, 1), 'dtype "toString"'],
  ["a negative size", file({ a: { dtype: "U8", shape: [-1], data_offsets: [0, 1] } }, 1), "shape [-1]"],
  ["a size that does not fit", file({ a: { dtype: "F32", shape: [1], data_offsets: [0, 3] } }, 3), "needs 4"],
  ["missing data", file({ a: entry(0, 5) }, 4), "ends at byte 5 of 4"],
  ["overlapping tensors", file({ a: entry(0, 2), b: entry(1, 3) }, 3), "begins at byte 1"],
  ["a gap", file({ a: entry(1, 3) }, 3), "begins at byte 1; 0 was expected"],
  ["data of no tensor", file({ a: entry(0, 2) }, 3), "1 bytes at the end"],
])("%s is refused", (_, bytes, problem) => {
  expect(() => decodeSafetensors(bytes, "weights.safetensors")).toThrow(problem);
  expect(() => decodeSafetensors(bytes, "weights.safetensors")).toThrow("weights.safetensors");
});

test("damaged files give tensors or DATA_INVALID, never anything else", () => {
  const bytes = encodeSafetensors(tensors, { format: "pt" });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(bytes.length),
      (edits, end) => {
        const damaged = bytes.slice(0, end);
        for (const [at, value] of edits) if (at < end) damaged[at] = value;
        try {
          decodeSafetensors(damaged, "fuzz");
        } catch (error) {
          expect(isCyxwizError(error, "DATA_INVALID"), String(error)).toBe(true);
        }
      },
    ),
    { seed: 5, numRuns: 2000 },
  );
});

const PYTHON = process.env.CYXWIZ_PYTHON ?? "python3";
const hasPython = spawnSync(PYTHON, ["-c", "import safetensors.numpy"]).status === 0;

test.skipIf(!hasPython)(
  "Python's safetensors reads what we write, and writes the same bytes (skipped without it)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "cyxwiz-safetensors-"));
    try {
      const path = join(folder, "ours.safetensors");
      const ours = encodeSafetensors(tensors, { format: "pt" });
      writeFileSync(path, ours);
      const script = `
import sys, json
from safetensors.numpy import load_file, save
t = load_file(sys.argv[1])
print(json.dumps({"a": [float(x) for x in t["a"].flatten()], "b": t["b"].tolist(), "c": [str(x) for x in t["c"]], "shape": list(t["é"].shape), "again": save(t, metadata={"format": "pt"}).hex()}))
`;
      const result = JSON.parse(execFileSync(PYTHON, ["-c", script, path], { encoding: "utf8" }));
      expect(result).toMatchObject({
        a: [0, -1.5, Math.fround(3e38), Math.fround(1e-45)],
        b: [1, 2, 255],
        c: [String(-(2n ** 63n))],
        shape: [0, 4],
      });
      expect(result.again).toBe(Buffer.from(ours).toString("hex"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
