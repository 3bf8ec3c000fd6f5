import { concatBytes, f64, type Hash, sha256, u16, utf8ToBytes } from "./bytes.ts";

/**
 * The canonical bytes of an epoch's metrics: entries sorted by the UTF-8 bytes of their name, each as
 * length (u16) ‖ name ‖ value (f64), little-endian.
 */
export function encodeMetrics(metrics: Readonly<Record<string, number>>): Uint8Array {
  const entries = Object.entries(metrics).map(([name, value]) => ({ name: utf8ToBytes(name), value }));
  entries.sort((a, b) => compareBytes(a.name, b.name));
  return concatBytes(...entries.flatMap(({ name, value }) => [u16(name.length), name, f64(value)]));
}

/** SHA-256 of {@link encodeMetrics}. */
export function hashMetrics(metrics: Readonly<Record<string, number>>): Hash {
  return sha256(encodeMetrics(metrics));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
