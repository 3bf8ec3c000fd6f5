import { getCurveFromName } from "ffjavascript";
import * as snarkjs from "snarkjs";
import type { Circuit } from "./compile-circuit.ts";
import { inputSignals, publicSignals, type Secret, type Statement } from "./signals.ts";

/** What the prover has, and what verifiers have of it. */
export interface Keys {
  readonly provingKey: Uint8Array;
  readonly verificationKey: object;
}

/** Reads from a proving key what verifiers need. */
export async function withVerificationKey(provingKey: Uint8Array): Promise<Keys> {
  const verificationKey = await snarkjs.zKey.exportVerificationKey({ type: "mem", data: provingKey });
  return { provingKey, verificationKey };
}

/** Proves a statement. Throws where the secret is no proof of it: there are no signals then that fit the circuit. */
export async function prove(
  circuit: Circuit,
  keys: Keys,
  statement: Statement,
  secret: Secret,
): Promise<snarkjs.Proof> {
  const witness: snarkjs.InMemory = { type: "mem" };
  await snarkjs.wtns.calculate(inputSignals(circuit.depth, statement, secret), circuit.wasm, witness);
  const { proof } = await snarkjs.groth16.prove({ type: "mem", data: keys.provingKey }, witness);
  return proof;
}

/** Whether a proof shows a statement. */
export function verify({ verificationKey }: Keys, statement: Statement, proof: snarkjs.Proof): Promise<boolean> {
  return snarkjs.groth16.verify(verificationKey, publicSignals(statement), proof);
}

/** Ends the worker threads that snarkjs keeps. */
export async function stopWorkers(): Promise<void> {
  await (await getCurveFromName("bn128")).terminate();
}
