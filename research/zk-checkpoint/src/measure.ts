import { cpuUsage } from "node:process";
import { inclusionProof, jobLeaves, jobRoot, sha256, utf8ToBytes } from "@cyxwiz/proof";
import { compileCircuit } from "./compile-circuit.ts";
import { prove, stopWorkers, verify, withVerificationKey } from "./groth16.ts";
import { labProvingKey } from "./lab-setup/proving-key.ts";
import { readR1cs } from "./lab-setup/r1cs.ts";

/** Seconds of processor time, in all threads, beside what was done. */
async function timed<T>(work: () => Promise<T>): Promise<[T, string]> {
  const before = cpuUsage();
  const result = await work();
  const { user, system } = cpuUsage(before);
  return [result, ((user + system) / 1e6).toFixed(2)];
}

/** Proves and verifies the first epoch of the largest job that fits, and says what that took. */
async function measure(depth: number): Promise<string[]> {
  const circuit = await compileCircuit(depth);
  const { constraints } = readR1cs(circuit.r1cs);
  const [provingKey, setup] = await timed(() => labProvingKey(circuit.r1cs));
  const keys = await withVerificationKey(provingKey);
  const checkpoints = Array.from({ length: 2 ** depth - 1 }, (_, epoch) => sha256(utf8ToBytes(`epoch ${epoch}`)));
  const result = sha256(utf8ToBytes("result"));
  const statement = { root: jobRoot(checkpoints, result), leafCount: checkpoints.length + 1, epoch: 1 };
  const path = inclusionProof(jobLeaves(checkpoints, result), 0);
  const [proof, proving] = await timed(() => prove(circuit, keys, statement, { checkpoint: checkpoints[0]!, path }));
  const [holds, verifying] = await timed(() => verify(keys, statement, proof));
  if (!holds) throw new Error("the proof does not hold");
  const megabytes = (provingKey.length / 1e6).toFixed(0);
  return [depth, 2 ** depth, constraints.toLocaleString("en"), setup, megabytes, proving, verifying].map(String);
}

process.stdout.write(
  "| depth | leaves | constraints | setup, CPU s | proving key, MB | proof, CPU s | check, CPU s |\n",
);
try {
  for (const depth of process.argv.slice(2))
    process.stdout.write(`| ${(await measure(Number(depth))).join(" | ")} |\n`);
} finally {
  await stopWorkers();
}
