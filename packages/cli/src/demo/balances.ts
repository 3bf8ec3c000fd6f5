import { type Chain, findTokenAccount, tokenAccountBalance } from "@cyxwiz/chain";
import { findEscrowAddress, findNodeAddress, findStakeVaultAddress, findVaultAddress } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import type { Cluster, NodePiece } from "../cluster/cluster.ts";

/** Everybody who can hold tokens in the demo. */
export type Holder = "payer" | "node" | "platform" | "escrow" | "stake" | "insurance";

/** Base units by holder, and all there are of the token. */
export type Balances = Readonly<Record<Holder, bigint>> & { readonly supply: bigint };

/** Where the demo's tokens can be. */
export interface Accounts {
  readonly mint: Address;
  readonly holders: Readonly<Record<Holder, Address>>;
}

export async function findAccounts(cluster: Cluster, node: NodePiece): Promise<Accounts> {
  const { mint, treasury, insurance } = cluster.platform;
  const payer = cluster.engineWallet.signer.address;
  const nodeWallet = node.wallet.signer.address;
  return {
    mint,
    holders: {
      payer: await findTokenAccount({ owner: payer, mint }),
      node: await findTokenAccount({ owner: nodeWallet, mint }),
      platform: treasury,
      // A wallet's first job takes its first slot.
      escrow: await findVaultAddress(await findEscrowAddress(payer, 0)),
      stake: await findStakeVaultAddress(await findNodeAddress(nodeWallet)),
      insurance,
    },
  };
}

/** What everybody has, at `confirmed`. */
export async function readBalances(chain: Chain, { mint, holders }: Accounts): Promise<Balances> {
  const entries = Object.entries(holders).map(async ([holder, account]) => [
    holder,
    await tokenAccountBalance(chain, account),
  ]);
  const supply = await chain.rpc.getTokenSupply(mint, { commitment: "confirmed" }).send();
  const balances = Object.fromEntries(await Promise.all(entries)) as Record<Holder, bigint>;
  return { ...balances, supply: BigInt(supply.value.amount) };
}
