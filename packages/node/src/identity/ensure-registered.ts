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
  // Before anything is sent: a node that cannot start must leave what is registered as it is.
  const missing = stakeAmount - (registration?.staked ?? 0n);
  if (missing > 0n) await requireStake(options, missing);
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
  if (missing <= 0n) return;
  const signature = await chain.stake(missing, signal);
  log.info({ signature, amount: missing.toString() }, "staked");
}

async function requireStake(
  { chain, wallet, signal }: Pick<Parameters<typeof ensureRegistered>[0], "chain" | "wallet" | "signal">,
  missing: bigint,
): Promise<void> {
  const available = await chain.readTokens(signal);
  if (available >= missing) return;
  throw new CyxwizError("STAKE_NOT_FUNDED", { wallet, needed: `${missing}`, available: `${available}` });
}
