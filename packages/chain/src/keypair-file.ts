import { randomBytes } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import {
  createKeyPairSignerFromBytes,
  createKeyPairSignerFromPrivateKeyBytes,
  getAddressEncoder,
  type KeyPairSigner,
} from "@solana/kit";
import { causeOf } from "./rpc/transport-failure.ts";

const KEYPAIR_BYTES = 64;
const PRIVATE_BYTES = 32;

/**
 * Reads a wallet in solana-keygen's format: a JSON array of 64 bytes.
 *
 * @throws CyxwizError CONFIG_INVALID (not there, not readable, no key pair)
 */
export async function loadKeypairFile(path: string): Promise<KeyPairSigner> {
  try {
    const bytes: unknown = JSON.parse(await readFile(path, "utf8"));
    if (!isBytes(bytes) || bytes.length !== KEYPAIR_BYTES)
      throw new Error(`it is no JSON array of ${KEYPAIR_BYTES} bytes`);
    return await createKeyPairSignerFromBytes(Uint8Array.from(bytes));
  } catch (cause) {
    // Parsers quote what they stumble over, and that is a secret here.
    const problem = cause instanceof SyntaxError ? "it is not JSON" : causeOf(cause);
    throw new CyxwizError("CONFIG_INVALID", {
      source: path,
      problem:
        codeOf(cause) === "ENOENT"
          ? `there is no such key file; \`cyxwiz wallet new --wallet ${path}\` makes one`
          : `no usable keypair: ${problem}`,
    });
  }
}

/**
 * Makes a new wallet and writes it where only this user can read it. Never replaces a file.
 *
 * @throws CyxwizError CONFIG_INVALID (the file is already there, or can't be written)
 */
export async function createKeypairFile(path: string): Promise<KeyPairSigner> {
  const secret = randomBytes(PRIVATE_BYTES);
  const signer = await createKeyPairSignerFromPrivateKeyBytes(secret);
  const bytes = [...secret, ...getAddressEncoder().encode(signer.address)];
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(JSON.stringify(bytes));
      // A wallet that gets tokens and is then lost with the power is lost money.
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const problem =
      codeOf(cause) === "EEXIST"
        ? "it is there already, and a key file is never replaced; name another file"
        : `cannot write a keypair: ${causeOf(cause)}`;
    throw new CyxwizError("CONFIG_INVALID", { source: path, problem });
  }
  return signer;
}

/** {@link loadKeypairFile} if the file is there, else {@link createKeypairFile}. */
export async function loadOrCreateKeypairFile(path: string): Promise<KeyPairSigner> {
  try {
    await (await open(path, "r")).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return createKeypairFile(path);
  }
  return loadKeypairFile(path);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function isBytes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
}
