import { type Address, getAddressEncoder, isAddress, type KeyPairSigner } from "@solana/kit";

/** A wallet's signature (Ed25519) over bytes that are no transaction. */
export async function signBytes(wallet: KeyPairSigner, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", wallet.keyPair.privateKey, new Uint8Array(bytes)));
}

/** Whether a wallet has signed these bytes; false as well for an address or a signature that is none. */
export async function isSignedBy(wallet: string, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (!isAddress(wallet) || signature.length !== 64) return false;
  try {
    const raw = new Uint8Array(getAddressEncoder().encode(wallet as Address));
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, new Uint8Array(signature), new Uint8Array(bytes));
  } catch {
    // Not every 32 bytes are a key.
    return false;
  }
}
