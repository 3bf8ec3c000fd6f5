import { getBase58Decoder, getBase58Encoder } from "@solana/kit";

export function toBase58(bytes: Uint8Array): string {
  return getBase58Decoder().decode(bytes);
}

/** The bytes, or `undefined` if this isn't base58. */
export function fromBase58(text: string): Uint8Array | undefined {
  try {
    return new Uint8Array(getBase58Encoder().encode(text));
  } catch {
    return undefined;
  }
}

/** The bytes, or `undefined` if this isn't canonical base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? new Uint8Array(bytes) : undefined;
}
