import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { CyxwizError } from "@cyxwiz/errors";
import { Option } from "commander";

const HASH = /^[0-9a-f]{64}$/i;

/** What a party shows, as the chain has it: its SHA-256. */
export interface Evidence {
  readonly hash: Uint8Array;
  readonly hex: string;
}

/** `--evidence`, which a command must be given. */
export function evidenceOption(): Option {
  const about = "a file, whose SHA-256 goes on chain (keep the file), or a SHA-256 of 64 hex digits";
  return new Option("--evidence <file|hash>", about).makeOptionMandatory();
}

/**
 * Reads `--evidence`.
 *
 * @throws CyxwizError CONFIG_INVALID when it is neither a file nor a hash, or the hash of only zeros
 */
export async function readEvidence(given: string): Promise<Evidence> {
  const hash = HASH.test(given) ? new Uint8Array(Buffer.from(given, "hex")) : await hashOfFile(given);
  if (hash.every((byte) => byte === 0)) {
    throw new CyxwizError("CONFIG_INVALID", { source: "--evidence", problem: "a hash of only zeros says nothing" });
  }
  return { hash, hex: Buffer.from(hash).toString("hex") };
}

async function hashOfFile(path: string): Promise<Uint8Array> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    const problem = `there is no such file that can be read, and it is no SHA-256 of 64 hex digits either`;
    throw new CyxwizError("CONFIG_INVALID", { source: path, problem }, { cause });
  }
  return new Uint8Array(hash.digest());
}
