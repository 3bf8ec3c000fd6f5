import { AccountRole, type Address, type Instruction, type KeyPairSigner } from "@solana/kit";
import { findRewardsVaultAddress, findStakeVaultAddress } from "../addresses.ts";
import { EscrowDecision, JOB_ESCROW_PROGRAM_ADDRESS, NodeFault } from "../generated/job-escrow/index.ts";
import {
  getCancelWithdrawalInstructionAsync,
  getClaimRewardsInstructionAsync,
  getFinishWithdrawalInstructionAsync,
  getNodeDecoder,
  getNodeEncoder,
  getOpenRewardsInstructionAsync,
  getReinstateInstruction,
  getRequestWithdrawalInstructionAsync,
  getSlashForJobInstructionAsync,
  getSlashInstructionAsync,
  getSyncTierInstructionAsync,
  type Node,
  SlashReason,
} from "../generated/node-registry/index.ts";
import type { Outcome } from "./chain.ts";
import { bytes, mintTo, type World } from "./world.ts";

export const DAY_SECONDS = 86_400n;

type Given<Build extends (input: never) => unknown> = Partial<Parameters<Build>[0]>;

/** The registry's side of a {@link World}: instructions on its one node, and jobs that end in one way or another. */
export class RegistryWorld {
  readonly world: World;
  readonly stakeVault: Address;
  readonly rewardsVault: Address;
  #nonce: bigint | undefined;

  private constructor(world: World, stakeVault: Address, rewardsVault: Address) {
    this.world = world;
    this.stakeVault = stakeVault;
    this.rewardsVault = rewardsVault;
  }

  static async of(world: World): Promise<RegistryWorld> {
    return new RegistryWorld(world, await findStakeVaultAddress(world.nodeAccount), await findRewardsVaultAddress());
  }

  request(amount: bigint, input: Given<typeof getRequestWithdrawalInstructionAsync> = {}): Promise<Instruction> {
    return getRequestWithdrawalInstructionAsync({ wallet: this.world.node, amount, ...input });
  }

  finish(input: Given<typeof getFinishWithdrawalInstructionAsync> = {}): Promise<Instruction> {
    const { node, nodeToken } = this.world;
    return getFinishWithdrawalInstructionAsync({ wallet: node, walletToken: nodeToken, ...input });
  }

  cancel(input: Given<typeof getCancelWithdrawalInstructionAsync> = {}): Promise<Instruction> {
    return getCancelWithdrawalInstructionAsync({ wallet: this.world.node, ...input });
  }

  async reinstate(): Promise<Instruction> {
    return getReinstateInstruction({ node: this.world.nodeAccount });
  }

  openRewards(input: Given<typeof getOpenRewardsInstructionAsync> = {}): Promise<Instruction> {
    return getOpenRewardsInstructionAsync({ payer: this.world.admin, mint: this.world.mint, ...input });
  }

  claim(input: Given<typeof getClaimRewardsInstructionAsync> = {}): Promise<Instruction> {
    const { node, nodeToken } = this.world;
    return getClaimRewardsInstructionAsync({ wallet: node, walletToken: nodeToken, ...input });
  }

  syncTier(page: Address, entry: number, node = this.world.nodeAccount): Promise<Instruction> {
    return getSyncTierInstructionAsync({ node, page, entry });
  }

  /** By the arbiter, with evidence that all bytes of are `evidence`. */
  slash(
    reason: SlashReason,
    evidence: number,
    input: Given<typeof getSlashInstructionAsync> = {},
  ): Promise<Instruction> {
    const { arbiter, nodeAccount: node, insurance, mint } = this.world;
    return getSlashInstructionAsync({ arbiter, node, insurance, mint, reason, evidence: bytes(evidence), ...input });
  }

  slashForJob(
    authority: KeyPairSigner,
    input: Given<typeof getSlashForJobInstructionAsync> = {},
  ): Promise<Instruction> {
    const { nodeAccount: node, insurance, mint, payerToken, escrow } = this.world;
    return getSlashForJobInstructionAsync({
      authority,
      node,
      insurance,
      mint,
      payerToken,
      reason: SlashReason.Failed,
      escrow,
      nonce: 1n,
      evidence: bytes(0xe0),
      ...input,
    });
  }

  /** A key whose account looks like the platform's, but for what is given: something that no program ever makes. */
  async forgedAuthority({
    owner = JOB_ESCROW_PROGRAM_ADDRESS as Address,
    discriminator = 1,
  } = {}): Promise<KeyPairSigner> {
    const { chain, platform } = this.world;
    const key = await chain.wallet();
    const account = chain.svm.getAccount(platform);
    if (!account.exists) throw new Error("There is no platform.");
    const data = new Uint8Array(account.data).with(0, discriminator);
    chain.svm.setAccount({ ...account, address: key.address, programAddress: owner, data });
    return key;
  }

  /** The slot's next job begins, and runs. Its nonce is the answer. */
  async startJob(): Promise<bigint> {
    const { world } = this;
    const nonce = this.#nonce === undefined ? world.chain.nowSeconds : this.#nonce + 1n;
    this.#nonce = nonce;
    await world.chain.mustSend(world.payer, await world.create({ nonce }));
    await world.chain.mustSend(world.node, await world.start({ nonce }));
    return nonce;
  }

  /** Runs a job and ends it in the way that blames the node for this, without telling the registry. */
  async endJob(fault: NodeFault): Promise<void> {
    const { world } = this;
    const { chain, payer, node, coordinator, arbiter } = world;
    const nonce = await this.startJob();
    if (fault === NodeFault.DisputeLost) {
      await chain.mustSend(payer, await world.dispute({ nonce }));
      await chain.mustSend(node, await world.evidence({ nonce }));
      await chain.mustSend(arbiter, await world.resolve({ nonce, decision: EscrowDecision.ForPayer }));
      await chain.mustSend(node, await world.execute({ nonce, caller: node }));
      return;
    }
    if (fault === NodeFault.InvalidProof) await chain.mustSend(coordinator, await world.commit({ nonce }));
    await chain.mustSend(coordinator, await world.refund({ nonce, fault }));
  }

  /** Runs a job to such an end, and tells the registry. */
  async runJob(fault: NodeFault): Promise<Outcome> {
    await this.endJob(fault);
    return this.report();
  }

  async report(): Promise<Outcome> {
    return this.world.chain.mustSend(this.world.admin, await this.world.report());
  }

  read(): Node {
    return getNodeDecoder().decode(this.world.chain.data(this.world.nodeAccount));
  }

  /** Changes fields of the node that no instruction would change so. */
  forge(fields: Partial<Node>): void {
    this.world.chain.overwrite(this.world.nodeAccount, (data) => {
      const { discriminator: _, ...node } = getNodeDecoder().decode(data);
      return new Uint8Array(getNodeEncoder().encode({ ...node, ...fields }));
    });
  }

  async code(signer: KeyPairSigner, instruction: Promise<Instruction>): Promise<number | undefined> {
    return (await this.world.chain.send(signer, await instruction)).errorCode;
  }

  async mint(to: Address, amount: bigint): Promise<void> {
    const { chain, admin, mint } = this.world;
    await chain.mustSend(admin, mintTo(mint, to, admin, amount));
  }

  /** What the mint counts as being there: burning makes it less. */
  supply(): bigint {
    return new DataView(this.world.chain.data(this.world.mint).buffer).getBigUint64(36, true);
  }

  /** Tokens where a slash can move them. */
  balances(): { stake: bigint; insurance: bigint; payer: bigint; supply: bigint } {
    const { chain, insurance, payerToken } = this.world;
    return {
      stake: chain.tokens(this.stakeVault),
      insurance: chain.tokens(insurance),
      payer: chain.tokens(payerToken),
      supply: this.supply(),
    };
  }

  /** The token account is gone, as when its owner closed it. */
  close(token: Address): void {
    const account = this.world.chain.svm.getAccount(token);
    if (!account.exists) return;
    const programAddress = "11111111111111111111111111111111" as Address;
    this.world.chain.svm.setAccount({ ...account, programAddress, data: new Uint8Array(0) });
  }

  freeze(token: Address): void {
    this.world.chain.overwrite(token, (data) => data.with(108, 2));
  }
}

/** The instruction with an account that signs no longer, in place of the one that should. */
export function withoutSignature(instruction: Instruction, signer: Address): Instruction {
  const accounts = (instruction.accounts ?? []).map(({ address, role }) =>
    address === signer ? { address, role: role === AccountRole.WRITABLE_SIGNER ? 1 : 0 } : { address, role },
  );
  return { ...instruction, accounts } as Instruction;
}
