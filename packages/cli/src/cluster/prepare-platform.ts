import { bootstrapPlatform } from "@cyxwiz/central/platform";
import { airdrop, type Chain, lamportBalance } from "@cyxwiz/chain";
import { findPlatformAddress } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { Address } from "@solana/kit";
import { readPlatform } from "../platform/read-platform.ts";
import { signatures } from "../platform/signatures.ts";
import { type KeyFile, keyIn } from "./keys.ts";

const LAMPORTS_PER_SOL = 1_000_000_000n;
const WANTED_LAMPORTS = 5n * LAMPORTS_PER_SOL;

/** A platform and the keys that rule it. */
export interface PreparedPlatform {
  readonly mint: Address;
  /** Token account of the fees. */
  readonly treasury: Address;
  /** Token account of slashed stake. */
  readonly insurance: Address;
  /** May mint tokens. */
  readonly admin: KeyFile;
  /** The admin is the arbiter as well, as on a platform of our own. */
  readonly isArbiterAdmin: boolean;
  /** Central's key. */
  readonly coordinator: KeyFile;
  /** The platform's share of a payment, in basis points. */
  readonly feeBps: number;
  /** Of the transaction that made it; `undefined` when it was there. */
  readonly signature: string | undefined;
}

/**
 * Sees to it that the cluster has a platform whose keys are in this directory.
 *
 * @throws CyxwizError `CONFIG_INVALID` when it has one with other keys.
 */
export async function preparePlatform(
  chain: Chain,
  keysDirectory: string,
  signal?: AbortSignal,
): Promise<PreparedPlatform> {
  const [admin, coordinator] = await Promise.all([keyIn(keysDirectory, "admin"), keyIn(keysDirectory, "coordinator")]);
  const existing = await readPlatform(chain);
  if (existing && existing.coordinator !== coordinator.signer.address) {
    const problem = `its platform's coordinator is ${existing.coordinator}, whose key is not in ${keysDirectory}`;
    throw new CyxwizError("CONFIG_INVALID", { source: "the cluster", problem });
  }
  await Promise.all([fundSol(chain, admin.signer.address, signal), fundSol(chain, coordinator.signer.address, signal)]);
  const { mint, treasury, insurance } = await bootstrapPlatform({
    chain,
    admin: admin.signer,
    coordinator: coordinator.signer.address,
  });
  const [signature] = existing ? [] : await signatures(chain, await findPlatformAddress(), 1);
  const { feeBps = 0, arbiter } = existing ?? (await readPlatform(chain)) ?? {};
  return {
    isArbiterAdmin: arbiter === admin.signer.address,
    mint,
    treasury,
    insurance,
    admin,
    coordinator,
    feeBps,
    signature,
  };
}

/** Brings an account to enough SOL for many transactions, by the cluster's faucet. */
export async function fundSol(chain: Chain, to: Address, signal?: AbortSignal): Promise<void> {
  if ((await lamportBalance(chain, to, signal)) >= LAMPORTS_PER_SOL) return;
  await airdrop(chain, { to, amountLamports: WANTED_LAMPORTS, ...(signal ? { signal } : {}) });
}
