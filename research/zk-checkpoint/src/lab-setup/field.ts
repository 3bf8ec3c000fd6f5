import { randomBytes } from "node:crypto";

/** The order of BN254's groups: what its circuits count in. */
export const ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** 5 generates the multiplicative group, whose order has 28 factors of two. */
const GENERATOR = 5n;
const TWO_ADICITY = 28n;

/** The representative from 0 to below the order. */
export const reduce = (value: bigint): bigint => {
  const rest = value % ORDER;
  return rest < 0n ? rest + ORDER : rest;
};

export function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, reduce(base)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = reduce(result * square);
    square = reduce(square * square);
  }
  return result;
}

export const inverse = (value: bigint): bigint => power(value, ORDER - 2n);

/** A primitive root of unity of order 2^log, the one that snarkjs takes. */
export function rootOfUnity(log: number): bigint {
  const top = power(GENERATOR, (ORDER - 1n) >> TWO_ADICITY);
  return power(top, 1n << (TWO_ADICITY - BigInt(log)));
}

/** A secret that is not 0. */
export function randomElement(): bigint {
  return reduce(BigInt(`0x${randomBytes(48).toString("hex")}`)) || 1n;
}

/** Inverses of values that are not 0, for the price of one and three products each. */
export function inverses(values: readonly bigint[]): bigint[] {
  const products = [1n];
  for (const value of values) products.push(reduce(products.at(-1)! * value));
  let rest = inverse(products.at(-1)!);
  const result = new Array<bigint>(values.length);
  for (let index = values.length - 1; index >= 0; index--) {
    result[index] = reduce(rest * products[index]!);
    rest = reduce(rest * values[index]!);
  }
  return result;
}

/** The Lagrange polynomials of the 2^log-th roots of unity at a point that is none of them. */
export function lagrangeAt(point: bigint, log: number): bigint[] {
  const size = 1n << BigInt(log);
  const omega = rootOfUnity(log);
  const roots = [1n];
  while (roots.length < Number(size)) roots.push(reduce(roots.at(-1)! * omega));
  const scale = reduce((power(point, size) - 1n) * inverse(size));
  return inverses(roots.map((root) => reduce(point - root))).map((one, i) => reduce(reduce(one * roots[i]!) * scale));
}
