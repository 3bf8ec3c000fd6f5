import { findEscrowAddress, findNodeAddress, findVaultAddress } from "@cyxwiz/contracts";
import { bytes, CYXWIZ, type JobTree, jobTree, mintTo, register, stake, type World } from "@cyxwiz/contracts/testing";
import type { Address, KeyPairSigner } from "@solana/kit";

/** One job's payer and node, strangers to those of every other job: so a batch can share no account of theirs. */
export interface Parties {
  readonly payer: KeyPairSigner;
  readonly payerToken: Address;
  readonly node: KeyPairSigner;
  readonly nodeToken: Address;
  readonly nodeAccount: Address;
  readonly escrow: Address;
  readonly vault: Address;
}

const STAKE = 50n * CYXWIZ;

/** A payer with tokens and a registered, staked node. */
export async function newParties(world: World): Promise<Parties> {
  const { chain, admin, mint } = world;
  const [payer, node] = [await chain.wallet(), await chain.wallet()];
  const payerToken = await chain.tokenAccount(payer.address, mint, admin);
  const nodeToken = await chain.tokenAccount(node.address, mint, admin);
  await chain.mustSend(admin, mintTo(mint, payerToken, admin, 1_000n * CYXWIZ), mintTo(mint, nodeToken, admin, STAKE));
  await chain.mustSend(node, await register({ node, mint }), await stake({ node, nodeToken, amount: STAKE }));
  const escrow = await findEscrowAddress(payer.address, 0);
  const nodeAccount = await findNodeAddress(node.address);
  return { payer, payerToken, node, nodeToken, nodeAccount, escrow, vault: await findVaultAddress(escrow) };
}

/** The tree of a job with this many epochs. */
export function treeOf(epochs: number): JobTree {
  const checkpoints = Array.from({ length: epochs }, (_, epoch) => bytes(epoch % 250).fill(7, 16));
  return jobTree(checkpoints, bytes(9));
}
