import { type Chain, findTokenAccount, TOKEN_DECIMALS } from "@cyxwiz/chain";
import {
  type Escrow,
  EscrowState,
  fetchRegistry,
  findNodeAddress,
  findPlatformAddress,
  findRegistryAddress,
  getAnchorRootInstruction,
  getCancelRunningInstruction,
  getCommitProofInstruction,
  getCompletePaymentInstruction,
  getExecuteDecisionInstruction,
  getRefundEscrowInstruction,
  getReportInstruction,
  getResolveDisputeInstruction,
  getRevealProofInstruction,
  getSlashInstructionAsync,
  getTimeoutRefundInstruction,
  NodeFault,
  type Platform,
  type ProgramAddresses,
  SlashReason,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type Address, address, fetchEncodedAccount, type Instruction, type KeyPairSigner } from "@solana/kit";
import {
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getTransferCheckedInstruction,
} from "@solana-program/token";
import type { SettlementInstructions } from "./platform-chain.ts";

/** What the coordinator signs to bring escrows to their end. */
export async function settlementInstructions(
  chain: Chain,
  programs: ProgramAddresses,
  coordinator: KeyPairSigner,
  readPlatform: () => Promise<Platform>,
  arbiter?: KeyPairSigner,
): Promise<SettlementInstructions> {
  const program = { programAddress: programs.jobEscrow };
  const platform = await findPlatformAddress(programs);
  const registry = await findRegistryAddress(programs);
  const use = (escrow: string) => ({ authority: coordinator, platform, escrow: address(escrow) });

  async function report(escrow: string, current: Escrow, fault: NodeFault): Promise<Instruction> {
    const { insurance } = (await fetchRegistry(chain.rpc, registry, { commitment: "confirmed" })).data;
    return getReportInstruction(address(escrow), { ...current, fault }, { insurance, programs });
  }

  // The node may have closed the account it is paid to.
  async function reopen(owner: Address, mint: Address): Promise<Instruction[]> {
    const account = await findTokenAccount({ owner, mint });
    if ((await fetchEncodedAccount(chain.rpc, account, { commitment: "confirmed" })).exists) return [];
    return [await getCreateAssociatedTokenIdempotentInstructionAsync({ payer: coordinator, owner, mint })];
  }

  function requireArbiter(what: string): KeyPairSigner {
    if (arbiter) return arbiter;
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what, problem: "there is no arbiter's key" });
  }

  return {
    async anchorRoot(escrow, nonce, root, leafCount) {
      return [getAnchorRootInstruction({ ...use(escrow), nonce, root, leafCount }, program)];
    },
    async commitProof(escrow, { nonce }, commitment) {
      return [getCommitProofInstruction({ ...use(escrow), nonce, commitment }, program)];
    },
    async revealProof(escrow, { nonce }, proof) {
      return [getRevealProofInstruction({ ...use(escrow), nonce, ...proof }, program)];
    },
    async completePayment(escrow, current, proof, withReport) {
      const { node, mint, vault, payerToken, nonce } = current;
      const { treasury } = await readPlatform();
      const nodeToken = await findTokenAccount({ owner: node, mint });
      const accounts = { ...use(escrow), vault, nodeToken, treasury, payerToken };
      const pay = getCompletePaymentInstruction({ ...accounts, nonce, ...proof }, program);
      const told = withReport ? [await report(escrow, current, NodeFault.None)] : [];
      return [...(await reopen(node, mint)), pay, ...told];
    },
    async refund(escrow, current, fault, withReport) {
      const { vault, payerToken, nonce, state } = current;
      const accounts = { coordinator, platform, escrow: address(escrow), vault, payerToken };
      const back = getRefundEscrowInstruction({ ...accounts, nonce, fault }, program);
      // Of a job that never started the registry knows nothing.
      return withReport && state !== EscrowState.Created ? [back, await report(escrow, current, fault)] : [back];
    },
    async cancelRunning(escrow, current, leafCount, withReport) {
      const { node, mint, vault, payerToken, nonce } = current;
      const nodeToken = await findTokenAccount({ owner: node, mint });
      const accounts = { ...use(escrow), vault, nodeToken, payerToken };
      const cancel = getCancelRunningInstruction({ ...accounts, nonce, leafCount }, program);
      const told = withReport ? [await report(escrow, current, NodeFault.None)] : [];
      return [...(await reopen(node, mint)), cancel, ...told];
    },
    async timeoutRefund(escrow, { vault, payerToken, nonce }) {
      const accounts = { caller: coordinator, escrow: address(escrow), vault, payerToken };
      return [getTimeoutRefundInstruction({ ...accounts, nonce }, program)];
    },
    async executeDecision(escrow, { node, mint, vault, payerToken, nonce }) {
      const { treasury } = await readPlatform();
      const nodeToken = await findTokenAccount({ owner: node, mint });
      const accounts = {
        caller: coordinator,
        platform,
        escrow: address(escrow),
        vault,
        nodeToken,
        treasury,
        payerToken,
      };
      return [...(await reopen(node, mint)), getExecuteDecisionInstruction({ ...accounts, nonce }, program)];
    },
    async payFromTreasury(wallet, amount) {
      const { treasury, mint } = await readPlatform();
      const owner = address(wallet);
      const destination = await findTokenAccount({ owner, mint });
      const checked = { source: treasury, mint, destination, authority: coordinator, amount, decimals: TOKEN_DECIMALS };
      return [...(await reopen(owner, mint)), getTransferCheckedInstruction(checked)];
    },
    async slashNode(wallet, evidence) {
      const { mint, insurance } = (await fetchRegistry(chain.rpc, registry, { commitment: "confirmed" })).data;
      const node = await findNodeAddress(address(wallet), programs);
      const by = { arbiter: requireArbiter("Slashing a node"), registry, node, mint, insurance };
      const taking = { ...by, reason: SlashReason.InvalidProof, evidence };
      return [await getSlashInstructionAsync(taking, { programAddress: programs.nodeRegistry })];
    },
    async resolveDispute(escrow, { node, mint, vault, payerToken, nonce }, decision) {
      const arbiter = requireArbiter("Deciding a dispute");
      const { treasury } = await readPlatform();
      const nodeToken = await findTokenAccount({ owner: node, mint });
      const accounts = { arbiter, platform, escrow: address(escrow), vault, nodeToken, treasury, payerToken };
      const resolve = getResolveDisputeInstruction({ ...accounts, nonce, decision }, program);
      return [...(await reopen(node, mint)), resolve];
    },
    report: async (escrow, current) => [await report(escrow, current, current.fault)],
  };
}
