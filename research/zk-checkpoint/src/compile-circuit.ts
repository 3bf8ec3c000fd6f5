import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

/** What the circom compiler makes of a circuit. */
export interface Circuit {
  readonly depth: number;
  /** The constraints, in circom's binary form. */
  readonly r1cs: Uint8Array;
  /** Computes all signals from the inputs. */
  readonly wasm: Uint8Array;
}

/** Here circom runs: it sees nothing outside its working directory. */
const ROOT = join(import.meta.dirname, "..");
const DEADLINE_MS = 600_000;

/** Compiles the circuit for paths of at most `depth` siblings. Throws what the compiler says is wrong. */
export async function compileCircuit(depth: number): Promise<Circuit> {
  const name = `checkpoint-path-${depth}`;
  await mkdir(join(ROOT, "build"), { recursive: true });
  const main = `pragma circom 2.1.0;
include "checkpoint-path.circom";
component main {public [rootHigh, rootLow, epoch, siblingOnLeft, used]} = CheckpointPath(${depth});
`;
  await writeFile(join(ROOT, `build/${name}.circom`), main);
  const circom = createRequire(import.meta.url).resolve("circom2/cli.js");
  const args = [
    `build/${name}.circom`,
    "--r1cs",
    "--wasm",
    "--O2",
    "-l",
    "circuits",
    "-l",
    "node_modules",
    "-o",
    "build",
  ];
  await promisify(execFile)(process.execPath, [circom, ...args], { cwd: ROOT, timeout: DEADLINE_MS });
  const [r1cs, wasm] = await Promise.all([
    readFile(join(ROOT, `build/${name}.r1cs`)),
    readFile(join(ROOT, `build/${name}_js/${name}.wasm`)),
  ]);
  return { depth, r1cs, wasm };
}
