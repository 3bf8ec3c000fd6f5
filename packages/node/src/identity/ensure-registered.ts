import { CyxwizError } from "@cyxwiz/errors";
import { equalBytes } from "@cyxwiz/proof";
import type { NodeChain } from "../chain/node-chain.ts";
import type { Logger } from "../util/log.ts";

/**
 * Brings the registry on chain to what it should say of this node, and does nothing where it already does: registers,
 * renews fingerprint and capabilities, and adds to the stake what is missing.
 *
 * Throws NODE_NOT_ALLOWED for a node that is suspended or banned, STAKE_NOT_FUNDED when the wallet holds too little.
 */
export async function ensureRegistered(options: {
  readonly chain: NodeChain;
  readonly wallet: string;
  readonly fingerprint: Uint8Array;
  readonly capabilitiesHash: Uint8Array;
  /** Base units. */
  readonly stakeAmount: bigint;
  readonly signal: AbortSignal;
  readonly log: Logger;
}): Promise<void> {
  const { chain, wallet, fingerprint, capabilitiesHash, stakeAmount, signal, log } = options;
  let registration = await chain.readRegistration(signal);
  if (!registration) {
    const signature = await chain.register(fingerprint, capabilitiesHash, signal);
    log.info({ signature }, "registered on chain");
    registration = await chain.readRegistration(signal);
  }
  if (!registration?.active) {
    throw new CyxwizError("NODE_NOT_ALLOWED", { wallet, status: registration?.status ?? "unregistered" });
  }
  const same =
    equalBytes(registration.fingerprint, fingerprint) && equalBytes(registration.capabilitiesHash, capabilitiesHash);
  if (!same) {
    const signature = await chain.update(fingerprint, capabilitiesHash, signal);
    log.info({ signature }, "certificate and capabilities renewed on chain");
  }
  const missing = stakeAmount - registration.staked;
  if (missing <= 0n) return;
  const available = await chain.readTokens(signal);
  if (available < missing) {
    const amounts = { needed: missing.toString(), available: available.toString() };
    throw new CyxwizError("STAKE_NOT_FUNDED", { wallet, ...amounts });
  }
  const signature = await chain.stake(missing, signal);
  log.info({ signature, amount: missing.toString() }, "staked");
}
