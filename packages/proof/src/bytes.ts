import { CyxwizError } from "@cyxwiz/errors";
import { sha256 as sha256Noble } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** 32 bytes. */
export type Hash = Uint8Array;

export { bytesToHex as toHex, concatBytes, utf8ToBytes };

/** SHA-256 of small inputs. For states and data sets use {@link sha256Bulk}, which is native. */
export function sha256(...parts: readonly Uint8Array[]): Hash {
  const hash = sha256Noble.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** SHA-256 of anything large, by the platform's WebCrypto, which browsers have on pages of a secure origin only. */
export async function sha256Bulk(bytes: Uint8Array): Promise<Hash> {
  if (crypto.subtle === undefined) return sha256(bytes);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

/** Reads a hash from 64 hex digits. Throws INVALID_FIELD naming `field`. */
export function hashFromHex(hex: string, field: string): Hash {
  if (!/^[0-9a-f]{64}$/.test(hex)) {
    throw new CyxwizError("INVALID_FIELD", { field, problem: "must be 64 lower-case hex digits" });
  }
  return hexToBytes(hex);
}

/** Constant length makes a plain comparison enough: nothing here is secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Little-endian, as everything in these encodings. */
export function u16(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value, true);
  return bytes;
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

export function f64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}
