import { createHash } from "node:crypto";

/** RFC 6962, section 2.1, word for word: slow, recursive, and hashed by OpenSSL, so that it shares nothing with us. */

export function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return digest();
  if (leaves.length === 1) return digest(Uint8Array.of(0), leaves[0] as Uint8Array);
  const [left, right] = split(leaves);
  return node(treeHash(left), treeHash(right));
}

export function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  return digest(Uint8Array.of(1), left, right);
}

/** PATH(m, D[n]) */
export function path(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const [left, right] = split(leaves);
  return m < left.length ? [...path(m, left), treeHash(right)] : [...path(m - left.length, right), treeHash(left)];
}

/** PROOF(m, D[n]) = SUBPROOF(m, D[n], true) */
export function proof(m: number, leaves: readonly Uint8Array[], isKnown = true): Uint8Array[] {
  if (m === leaves.length) return isKnown ? [] : [treeHash(leaves)];
  const [left, right] = split(leaves);
  return m <= left.length
    ? [...proof(m, left, isKnown), treeHash(right)]
    : [...proof(m - left.length, right, false), treeHash(left)];
}

function split(leaves: readonly Uint8Array[]): [Uint8Array[], Uint8Array[]] {
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return [leaves.slice(0, k), leaves.slice(k)];
}

function digest(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(Buffer.concat(parts)).digest());
}
