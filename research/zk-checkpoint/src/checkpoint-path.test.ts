import {
  genesisHash,
  type Hash,
  inclusionProof,
  jobLeaves,
  jobRoot,
  nextHash,
  resultLeaf,
  sha256,
  utf8ToBytes,
} from "@cyxwiz/proof";
import * as snarkjs from "snarkjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Circuit, compileCircuit } from "./compile-circuit.ts";
import { type Keys, prove, stopWorkers, verify, withVerificationKey } from "./groth16.ts";
import { labProvingKey } from "./lab-setup/proving-key.ts";
import { inputSignals, type Secret, type Statement } from "./signals.ts";

const DEPTH = 2;
const hash = (text: string): Hash => sha256(utf8ToBytes(text));
const RESULT = hash("weights");

/** The checkpoints of a job, chained as docs/proof.md has it. */
function chain(epochs: number): Hash[] {
  const jobId = new Uint8Array(16).fill(7);
  const start = { jobId, termsHash: hash("terms"), datasetHash: hash("data"), seed: 7n, initialStateHash: hash("0") };
  const links = [genesisHash(start)];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const state = { stateHash: hash(`${epoch}`), metricsHash: hash("loss"), timestampSeconds: BigInt(epoch) };
    links.push(nextHash(links.at(-1)!, state));
  }
  return links.slice(1);
}

/** A true statement about a job of some epochs, and what shows it. */
function knowledge(epochs: number, epoch: number): [Statement, Secret] {
  const checkpoints = chain(epochs);
  const path = inclusionProof(jobLeaves(checkpoints, RESULT), epoch - 1);
  const statement = { root: jobRoot(checkpoints, RESULT), leafCount: epochs + 1, epoch };
  return [statement, { checkpoint: checkpoints[epoch - 1]!, path }];
}

/** Whether there are signals that fit all constraints. */
async function fits(statement: Statement, secret: Secret): Promise<boolean> {
  const witness: snarkjs.InMemory = { type: "mem" };
  try {
    await snarkjs.wtns.calculate(inputSignals(DEPTH, statement, secret), circuit.wasm, witness);
  } catch (error) {
    if (/Assert Failed/.test(String(error))) return false;
    throw error;
  }
  return snarkjs.wtns.check(circuit.r1cs, witness);
}

const flipped = (bytes: Hash): Hash => bytes.map((byte, index) => (index === 31 ? byte ^ 1 : byte));

let circuit: Circuit;
let keys: Keys;

beforeAll(async () => {
  circuit = await compileCircuit(DEPTH);
  keys = await withVerificationKey(await labProvingKey(circuit.r1cs));
}, 1_200_000);
afterAll(stopWorkers);

test("a checkpoint's path is proved, and only the statement it was proved for is verified", async () => {
  const [statement, secret] = knowledge(3, 2);
  const proof = await prove(circuit, keys, statement, secret);
  expect(await verify(keys, statement, proof)).toBe(true);

  const [other] = knowledge(2, 2);
  expect(await verify(keys, { ...statement, root: other.root }, proof)).toBe(false);
  expect(await verify(keys, { ...statement, root: flipped(statement.root) }, proof)).toBe(false);
  expect(await verify(keys, { ...statement, epoch: 1 }, proof)).toBe(false);
  expect(await verify(keys, { ...statement, leafCount: 2 }, proof)).toBe(false);
  const [one, two] = [proof.pi_c, proof.pi_a];
  expect(await verify(keys, statement, { ...proof, pi_a: one, pi_c: two })).toBe(false);
}, 600_000);

test("every epoch of every job that fits can be shown, also where the tree is not full", async () => {
  for (const epochs of [1, 2, 3]) {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      expect(await fits(...knowledge(epochs, epoch)), `epoch ${epoch} of ${epochs}`).toBe(true);
    }
  }
}, 600_000);

test("nothing shows what is not so", async () => {
  const [statement, secret] = knowledge(3, 2);
  const [first, second] = secret.path as [Hash, Hash];
  const cases: Record<string, [Statement, Secret]> = {
    "another root": [{ ...statement, root: flipped(statement.root) }, secret],
    "another checkpoint": [statement, { ...secret, checkpoint: flipped(secret.checkpoint) }],
    "another sibling": [statement, { ...secret, path: [first, flipped(second)] }],
    "siblings the other way round": [statement, { ...secret, path: [second, first] }],
    "another epoch": [{ ...statement, epoch: 1 }, secret],
    "another number of leaves": [
      { ...statement, leafCount: 2 },
      { ...secret, path: [first] },
    ],
    // 33 bytes that begin otherwise: the result cannot pass for a checkpoint.
    "the result as an epoch": [
      { ...statement, epoch: 4 },
      { checkpoint: resultLeaf(RESULT).slice(1), path: inclusionProof(jobLeaves(chain(3), RESULT), 3) },
    ],
  };
  for (const [name, [claim, with_]] of Object.entries(cases)) expect(await fits(claim, with_), name).toBe(false);
  expect(() => inputSignals(1, statement, secret)).toThrow(RangeError);
}, 600_000);

test("bits must be bits: no 2 passes for one", async () => {
  const [statement, secret] = knowledge(3, 2);
  const inputs = inputSignals(DEPTH, statement, secret);
  for (const name of ["checkpoint", "siblings"]) {
    const changed = structuredClone(inputs);
    const bits = (name === "siblings" ? (changed[name] as number[][])[1] : changed[name]) as number[];
    bits[255] = 2;
    await expect(snarkjs.wtns.calculate(changed, circuit.wasm, { type: "mem" })).rejects.toThrow(/Assert Failed/);
  }
}, 600_000);
