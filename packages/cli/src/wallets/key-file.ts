import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import { createKeyPairSignerFromBytes, type KeyPairSigner } from "@solana/kit";

/** Reads a key file as `solana-keygen` writes it: a JSON list of 64 numbers. Throws CONFIG_INVALID. */
export async function readKeyFile(path: string): Promise<KeyPairSigner> {
  const invalid = (problem: string, cause?: unknown) =>
    new CyxwizError("CONFIG_INVALID", { source: path, problem }, { cause });
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const missing = cause.code === "ENOENT";
    throw invalid(missing ? "there is no such key file; `cyxwiz wallet new` makes one" : cause.message, cause);
  });
  const bytes = parseBytes(text);
  if (!bytes) throw invalid("a key file is a JSON list of 64 numbers from 0 to 255");
  try {
    return await createKeyPairSignerFromBytes(bytes);
  } catch (cause) {
    throw invalid("its public key does not belong to its private key", cause);
  }
}

/** Makes a new key, and a file for it that only its owner may read; never replaces one. Throws CONFIG_INVALID. */
export async function createKeyFile(path: string): Promise<KeyPairSigner> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  // PKCS#8 of an Ed25519 key is a fixed prefix of 16 bytes and the 32 secret ones.
  const secret = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey)).subarray(-32);
  const bytes = Uint8Array.of(...secret, ...new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)));
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, `[${bytes.join(",")}]\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === "EEXIST";
    const problem = exists ? "there is a key file already; it is not replaced" : (cause as Error).message;
    throw new CyxwizError("CONFIG_INVALID", { source: path, problem }, { cause });
  }
  return createKeyPairSignerFromBytes(bytes);
}

/** The key in a file; a new one where there is none. */
export async function readOrCreateKeyFile(path: string): Promise<KeyPairSigner> {
  return createKeyFile(path).catch(() => readKeyFile(path));
}

function parseBytes(text: string): Uint8Array | undefined {
  try {
    const list: unknown = JSON.parse(text);
    const isByte = (entry: unknown) => Number.isInteger(entry) && (entry as number) >= 0 && (entry as number) <= 255;
    return Array.isArray(list) && list.length === 64 && list.every(isByte) ? Uint8Array.from(list) : undefined;
  } catch {
    return undefined;
  }
}
