import { ORDER, reduce } from "./field.ts";
import type { R1cs } from "./r1cs.ts";

/** The field that BN254's points have their coordinates in. */
const BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const ELEMENT_BYTES = 32;
/** snarkjs keeps coefficients times the square of this, so that two Montgomery products leave them as they are. */
const MONTGOMERY = reduce(1n << 256n);

/** Numbers of 32 bits, little-endian. */
export function uint32s(...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  for (const [index, number] of numbers.entries()) view.setUint32(4 * index, number, true);
  return bytes;
}

/** Section 2: the fields, the circuit's sizes, and alpha1, beta1, beta2, gamma2, delta1, delta2. */
export function headerSection(
  r1cs: R1cs,
  log: number,
  alphaBetaDelta: Uint8Array,
  betaGammaDelta: Uint8Array,
): Uint8Array {
  const [alpha1, beta1, delta1] = [0, 64, 128].map((at) => alphaBetaDelta.subarray(at, at + 64));
  const [beta2, gamma2, delta2] = [0, 128, 256].map((at) => betaGammaDelta.subarray(at, at + 128));
  return Buffer.concat([
    uint32s(ELEMENT_BYTES),
    element(BASE_FIELD),
    uint32s(ELEMENT_BYTES),
    element(ORDER),
    uint32s(r1cs.wires, r1cs.publicWires, 2 ** log),
    ...([alpha1, beta1, beta2, gamma2, delta1, delta2] as Uint8Array[]),
  ]);
}

/** Section 4: the matrices A and B, from which the prover computes both sides of every constraint. */
export function coefficientsSection(r1cs: R1cs): Uint8Array {
  const entry = 12 + ELEMENT_BYTES;
  let bytes = new Uint8Array(4 + entry * 1_024);
  let count = 0;
  const add = (matrix: number, row: number, wire: number, coefficient: bigint) => {
    const at = 4 + entry * count++;
    if (at + entry > bytes.length) {
      const longer = new Uint8Array(2 * bytes.length);
      longer.set(bytes);
      bytes = longer;
    }
    bytes.set(uint32s(matrix, row, wire), at);
    bytes.set(scaled(coefficient), at + 12);
  };
  for (const { matrix, constraint, wire, coefficient } of r1cs.terms()) {
    if (matrix !== 2) add(matrix, constraint, wire, coefficient);
  }
  for (let wire = 0; wire <= r1cs.publicWires; wire++) add(0, r1cs.constraints + wire, wire, 1n);
  bytes.set(uint32s(count), 0);
  return bytes.subarray(0, 4 + entry * count);
}

const scaledBefore = new Map<bigint, Uint8Array>();

function scaled(coefficient: bigint): Uint8Array {
  let bytes = scaledBefore.get(coefficient);
  if (bytes === undefined) {
    bytes = element(reduce(reduce(coefficient * MONTGOMERY) * MONTGOMERY));
    scaledBefore.set(coefficient, bytes);
  }
  return bytes;
}

function element(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * ELEMENT_BYTES, "0"), "hex")).reverse();
}

/** The container of iden3's files: "zkey", version 1, and sections with their number and size. */
export function zkeyFile(sections: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from("zkey"), uint32s(1, sections.length)];
  for (const [number, bytes] of sections) {
    parts.push(uint32s(number, bytes.length % 2 ** 32, Math.floor(bytes.length / 2 ** 32)), bytes);
  }
  return Buffer.concat(parts);
}
