import { readFile } from "node:fs/promises";
import { CyxwizError } from "@cyxwiz/errors";
import { createKeyPairSignerFromBytes, getAddressEncoder, type KeyPairSigner } from "@solana/kit";

/** The node's wallet: it answers for the node on chain and proves the node's identity to Central. */
export interface Wallet {
  readonly signer: KeyPairSigner;
  /** Base58. */
  readonly address: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** An ed25519 signature. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Reads a keypair file as `solana-keygen` writes it. Throws CONFIG_INVALID, which never shows its content. */
export async function loadWallet(path: string): Promise<Wallet> {
  const signer = await readSigner(path);
  return {
    signer,
    address: signer.address,
    publicKey: new Uint8Array(getAddressEncoder().encode(signer.address)),
    sign: async (bytes) => {
      const signature = await crypto.subtle.sign("Ed25519", signer.keyPair.privateKey, new Uint8Array(bytes));
      return new Uint8Array(signature);
    },
  };
}

async function readSigner(path: string): Promise<KeyPairSigner> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new CyxwizError("CONFIG_INVALID", { source: path, problem }, { cause });
  };
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    return fail(`the wallet cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  let numbers: unknown;
  try {
    numbers = JSON.parse(text);
  } catch {
    return fail("the wallet is no JSON");
  }
  const isByte = (entry: unknown) => Number.isInteger(entry) && (entry as number) >= 0 && (entry as number) < 256;
  if (!Array.isArray(numbers) || numbers.length !== 64 || !numbers.every(isByte)) {
    return fail("the wallet is no list of 64 bytes");
  }
  try {
    return await createKeyPairSignerFromBytes(Uint8Array.from(numbers as number[]));
  } catch {
    return fail("the wallet's public key does not belong to its private key");
  }
}
