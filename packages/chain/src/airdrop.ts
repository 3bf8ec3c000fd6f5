import { type Address, lamports, type Signature } from "@solana/kit";
import type { Chain } from "./chain.ts";
import { awaitConfirmation } from "./transactions/await-confirmation.ts";
import { assertConfirmed } from "./transactions/confirmation.ts";

const BLOCKHASH_LIFE_BLOCKS = 150n;

/**
 * Has the cluster's faucet give lamports to an address, where there is one (localnet, test validator, devnet), and
 * waits until they are confirmed.
 *
 * @throws CyxwizError TRANSACTION_FAILED, TRANSACTION_EXPIRED, TIMED_OUT, UNREACHABLE, ABORTED
 */
export async function airdrop(
  chain: Chain,
  { to, amountLamports, signal }: { to: Address; amountLamports: bigint; signal?: AbortSignal },
): Promise<Signature> {
  const options = signal ? { abortSignal: signal } : {};
  const signature = await chain.rpc
    .requestAirdrop(to, lamports(amountLamports), { commitment: "confirmed" })
    .send(options);
  // The faucet doesn't say which blockhash it used; none that it can have used lives longer than this.
  const height = await chain.rpc.getBlockHeight({ commitment: "processed" }).send(options);
  const lastValidBlockHeight = height + BLOCKHASH_LIFE_BLOCKS;
  const outcome = await awaitConfirmation(chain, { signature, lastValidBlockHeight, signal });
  assertConfirmed(outcome, { what: "Airdrop", signature });
  return signature;
}
