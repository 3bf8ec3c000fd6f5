import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { jobRoot, toHex } from "./index.ts";

/** All of the web that the package asks for. What else it touched would be missing where this runs. */
const WEB = { TextEncoder, TextDecoder, crypto };

test("the package runs without Node: a job's root and a consistency proof", async () => {
  const result = await build({
    stdin: { contents: `export * from "./index.ts";`, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "proof",
    platform: "browser", // for which esbuild fails on any import of a node: module
    logLevel: "silent",
  });
  const script = `${result.outputFiles[0]?.text}
    const hash = (byte) => new Uint8Array(32).fill(byte);
    const checkpoints = [hash(1), hash(2), hash(3), hash(4), hash(5)];
    const leaves = proof.jobLeaves(checkpoints, hash(9));
    const root = proof.jobRoot(checkpoints, hash(9));
    const oldRoot = proof.jobRoot(checkpoints.slice(0, 3));
    const consistent = { oldSize: 3, oldRoot, size: 6, root, proof: proof.consistencyProof(leaves, 3) };
    ({ root: proof.toHex(root), verified: proof.verifyConsistency(consistent) });`;
  const hash = (byte: number) => new Uint8Array(32).fill(byte);
  const expected = toHex(jobRoot([hash(1), hash(2), hash(3), hash(4), hash(5)], hash(9)));
  expect({ ...runInNewContext(script, { ...WEB }) }).toEqual({ root: expected, verified: true });
});
