import { type Address, generateKeyPairSigner } from "@solana/kit";
import { findEscrowPda, findVaultPda, getEscrowDecoder, getEscrowEncoder } from "../../generated/job-escrow/index.ts";
import { findNodePda, findStakeVaultPda, getNodeDecoder, getNodeEncoder } from "../../generated/node-registry/index.ts";
import type { World } from "../../testing/world.ts";
import { altered, isToken, TOKEN_OFFSETS, withAddress } from "./account-kind.ts";
import type { Rival, Rivals } from "./scenario.ts";

/**
 * For every account there is in a world, its like: another payer and another node that stand exactly where these do,
 * and another slot of the same payer. They are copied from the real ones, as if they had come there themselves.
 */
export async function rivalsIn(world: World): Promise<Rivals> {
  const [payer, node] = [(await generateKeyPairSigner()).address, (await generateKeyPairSigner()).address];
  const payerToken = await copyToken(world, world.payerToken, payer);
  const nodeToken = await copyToken(world, world.nodeToken, node);
  const otherPayer = await copyEscrow(world, payer, payerToken, 0);
  const otherSlot = await copyEscrow(world, world.payer.address, world.payerToken, 1);
  const otherNode = await copyNode(world, node);
  const others = (what: string, address: Address | undefined): Rival[] => (address ? [{ what, address }] : []);
  return {
    escrow: [...others("another payer's", otherPayer.escrow), ...others("another slot's", otherSlot.escrow)],
    vault: [...others("another payer's", otherPayer.vault), ...others("another slot's", otherSlot.vault)],
    payerToken: others("another payer's", payerToken),
    nodeToken: others("another node's", nodeToken),
    walletToken: others("another node's", nodeToken),
    loserToken: others("another node's", nodeToken),
    // Under this name it is a node's account in one program and its wallet, which signs, in the other.
    node: others("another node's", otherNode.account),
    nodeAccount: others("another node's", otherNode.account),
    stakeVault: others("another node's", otherNode.vault),
    treasury: others("the insurance", world.insurance),
    insurance: others("the treasury", world.treasury),
  };
}

/** Everybody there is in a world. */
export function peopleIn({ payer, node, coordinator, arbiter, admin }: World): Rival[] {
  return Object.entries({ payer, node, coordinator, arbiter, admin }).map(([what, { address }]) => ({ what, address }));
}

async function copyToken({ chain }: World, original: Address, owner: Address): Promise<Address> {
  const account = chain.svm.getAccount(original);
  const { address } = await generateKeyPairSigner();
  if (isToken(account)) {
    chain.svm.setAccount(
      altered(account, { address, data: withAddress(account.data, TOKEN_OFFSETS.authority, owner) }),
    );
  }
  return address;
}

async function copyEscrow({ chain, ...world }: World, payer: Address, payerToken: Address, slot: number) {
  const original = chain.svm.getAccount(world.escrow);
  const originalVault = chain.svm.getAccount(world.vault);
  if (!original.exists || original.data.length === 0 || !isToken(originalVault)) return {};
  const [escrow, bump] = await findEscrowPda({ payer, slot });
  const [vault, vaultBump] = await findVaultPda({ escrow });
  const { discriminator: _, ...fields } = getEscrowDecoder().decode(original.data);
  const data = getEscrowEncoder().encode({ ...fields, payer, payerToken, slot, bump, vault, vaultBump });
  chain.svm.setAccount(altered(original, { address: escrow, data }));
  chain.svm.setAccount(
    altered(originalVault, { address: vault, data: withAddress(originalVault.data, TOKEN_OFFSETS.authority, escrow) }),
  );
  return { escrow, vault };
}

async function copyNode({ chain, ...world }: World, wallet: Address) {
  const original = chain.svm.getAccount(world.nodeAccount);
  if (!original.exists) return {};
  const [account, bump] = await findNodePda({ wallet });
  const [vault, stakeVaultBump] = await findStakeVaultPda({ node: account });
  const [originalVault] = await findStakeVaultPda({ node: world.nodeAccount });
  const { discriminator: _, ...fields } = getNodeDecoder().decode(original.data);
  const data = getNodeEncoder().encode({ ...fields, wallet, identity: wallet, bump, stakeVaultBump });
  chain.svm.setAccount(altered(original, { address: account, data }));
  const stake = chain.svm.getAccount(originalVault);
  if (isToken(stake)) {
    chain.svm.setAccount(
      altered(stake, { address: vault, data: withAddress(stake.data, TOKEN_OFFSETS.authority, account) }),
    );
  }
  return { account, vault };
}
