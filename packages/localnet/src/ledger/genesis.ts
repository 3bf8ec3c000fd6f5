import { createHash, randomBytes } from "node:crypto";
import { getBase58Decoder } from "@solana/kit";

/** What makes one ledger differ from all others. */
export interface Genesis {
  readonly hash: string;
  /** The pretended validator's address. */
  readonly identity: string;
  /** The 32 secret bytes of the wallet that airdrops come from, hex. */
  readonly faucetKey: string;
  readonly unixTimestamp: number;
}

/** What the faucet starts with, in lamports: as much as a test validator's. */
export const FAUCET_LAMPORTS = 500_000_000n * 1_000_000_000n;

export function createGenesis(unixTimestamp: number): Genesis {
  const base58 = getBase58Decoder();
  const faucetKey = randomBytes(32).toString("hex");
  return {
    hash: base58.decode(createHash("sha256").update(faucetKey).update(unixTimestamp.toString()).digest()),
    identity: base58.decode(randomBytes(32)),
    faucetKey,
    unixTimestamp,
  };
}
