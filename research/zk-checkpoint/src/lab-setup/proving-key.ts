import { buildBn128 } from "ffjavascript";
import { inverse, lagrangeAt, ORDER, randomElement, reduce } from "./field.ts";
import { FixedBase } from "./fixed-base.ts";
import { type R1cs, readR1cs } from "./r1cs.ts";
import { coefficientsSection, headerSection, uint32s, zkeyFile } from "./zkey-file.ts";

const GROTH16 = 1;
/** The hash of the circuit, and the number of who contributed to a ceremony: there was none. */
const NO_CONTRIBUTIONS = new Uint8Array(64 + 4);

/** What a ceremony makes so that nobody ever knows it. Here it is known for a moment. */
interface Secrets {
  readonly tau: bigint;
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly delta: bigint;
}

/**
 * A Groth16 proving key, as snarkjs reads it (.zkey), computed straight from secrets that this process draws and
 * forgets. Who keeps them can prove anything: for measurements and tests, never for money. A ceremony of snarkjs does
 * the same in many hours with secrets that nobody has as a whole.
 */
export async function labProvingKey(r1csFile: Uint8Array): Promise<Uint8Array> {
  const r1cs = readR1cs(r1csFile);
  const rows = r1cs.constraints + r1cs.publicWires + 1;
  const log = Math.ceil(Math.log2(rows));
  const secrets = { tau: randomElement(), alpha: randomElement(), beta: randomElement(), delta: randomElement() };
  const { a, b, mixed } = wirePolynomials(r1cs, secrets, lagrangeAt(secrets.tau, log));
  const byDelta = inverse(secrets.delta);
  const odd = lagrangeAt(secrets.tau, log + 1).filter((_, index) => index % 2 === 1);

  // Without worker threads there is nothing to end.
  const curve = await buildBn128(true);
  const [g1, g2] = [new FixedBase(curve, "g1m"), new FixedBase(curve, "g2m")];
  const privateFrom = r1cs.publicWires + 1;
  const perDelta = (values: readonly bigint[]) => g1.multiply(values.map((value) => reduce(value * byDelta)));
  const { alpha, beta, delta } = secrets;
  return zkeyFile([
    [1, uint32s(GROTH16)],
    [2, headerSection(r1cs, log, g1.multiply([alpha, beta, delta]), g2.multiply([beta, 1n, delta]))],
    [3, g1.multiply(mixed.slice(0, privateFrom))],
    [4, coefficientsSection(r1cs)],
    [5, g1.multiply(a)],
    [6, g1.multiply(b)],
    [7, g2.multiply(b)],
    [8, perDelta(mixed.slice(privateFrom))],
    [9, perDelta(odd)],
    [10, NO_CONTRIBUTIONS],
  ]);
}

/** Of each wire, its polynomials A and B at tau, and beta·A + alpha·B + C. */
function wirePolynomials(r1cs: R1cs, { alpha, beta }: Secrets, lagrange: readonly bigint[]) {
  const at = [0, 1, 2].map(() => new Array<bigint>(r1cs.wires).fill(0n)) as [bigint[], bigint[], bigint[]];
  for (const { matrix, constraint, wire, coefficient } of r1cs.terms()) {
    // Most coefficients are 1 or −1, and their product needs no reduction.
    const value = lagrange[constraint]!;
    if (coefficient === 1n) at[matrix][wire]! += value;
    else if (coefficient === ORDER - 1n) at[matrix][wire]! -= value;
    else at[matrix][wire]! += reduce(coefficient * value);
  }
  // Binds the public inputs: one more row for each, as snarkjs has it.
  for (let wire = 0; wire <= r1cs.publicWires; wire++) at[0][wire]! += lagrange[r1cs.constraints + wire]!;
  const [a, b, c] = at.map((values) => values.map(reduce)) as [bigint[], bigint[], bigint[]];
  return { a, b, mixed: a.map((value, wire) => reduce(beta * value + alpha * b[wire]! + c[wire]!)) };
}
