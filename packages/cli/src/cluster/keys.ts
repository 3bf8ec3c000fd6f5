import { join } from "node:path";
import { type Chain, loadOrCreateKeypairFile } from "@cyxwiz/chain";
import type { KeyPairSigner } from "@solana/kit";

/** A wallet and the file its key is in. */
export interface KeyFile {
  readonly path: string;
  readonly signer: KeyPairSigner;
}

/** The key of this name in a directory; made where there is none. */
export async function keyIn(directory: string, name: string): Promise<KeyFile> {
  const path = join(directory, `${name}.json`);
  return { path, signer: await loadOrCreateKeypairFile(path) };
}

/**
 * Where the keys that rule a platform are kept. A cluster that outlives us has one platform, made once: whoever comes
 * later needs the same keys, so they are kept by the cluster's genesis hash.
 */
export async function platformKeysDirectory(chain: Chain, base: string): Promise<string> {
  return join(base, await chain.rpc.getGenesisHash().send());
}
