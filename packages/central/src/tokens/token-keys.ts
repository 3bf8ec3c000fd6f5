import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";

/** What Central signs job tokens with. */
export interface TokenKeys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** The public key as JWK text, for nodes. */
  readonly publicKeyJwk: string;
}

/** Reads `token-key.json` (a JWK, readable only by us) from a directory, or makes it at first start. */
export async function loadOrCreateTokenKeys(directory: string): Promise<TokenKeys> {
  const path = join(directory, "token-key.json");
  await mkdir(directory, { recursive: true });
  const stored = (await readKey(path)) ?? (await createKey(path));
  try {
    const privateJwk = JSON.parse(stored) as JsonWebKey;
    const publicJwk = createPublicKey(createPrivateKey({ key: privateJwk as never, format: "jwk" })).export({
      format: "jwk",
    });
    const { subtle } = crypto;
    const [privateKey, publicKey] = await Promise.all([
      subtle.importKey("jwk", privateJwk, "Ed25519", false, ["sign"]),
      subtle.importKey("jwk", publicJwk as never, "Ed25519", true, ["verify"]),
    ]);
    return { privateKey, publicKey, publicKeyJwk: JSON.stringify({ ...publicJwk, alg: "EdDSA", use: "sig" }) };
  } catch (error) {
    throw new CyxwizError("CONFIG_INVALID", { source: path, problem: "it holds no Ed25519 key" }, { cause: error });
  }
}

async function readKey(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

// Linked into place, which fails if another replica was faster: then that one's key counts.
async function createKey(path: string): Promise<string> {
  const key = JSON.stringify(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }));
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, key, { mode: 0o600 });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
  return readFile(path, "utf8");
}
