import { loadKeypairFile, signBytes } from "@cyxwiz/chain";
import { getAddressEncoder, type KeyPairSigner } from "@solana/kit";

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

/** Reads a keypair file as `solana-keygen` writes it. Throws CONFIG_INVALID. */
export async function loadWallet(path: string): Promise<Wallet> {
  const signer = await loadKeypairFile(path);
  return {
    signer,
    address: signer.address,
    publicKey: new Uint8Array(getAddressEncoder().encode(signer.address)),
    sign: (bytes) => signBytes(signer, bytes),
  };
}
