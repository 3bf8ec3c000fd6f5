import type { Address, Instruction } from "@solana/kit";
import {
  DEFAULT_PROGRAM_ADDRESSES,
  findNodeAddress,
  findPlatformAddress,
  findRegistryAddress,
  findStakeVaultAddress,
  type ProgramAddresses,
} from "./addresses.ts";
import {
  type Escrow,
  getReportFaultInstruction,
  getReportOutcomeInstruction,
  NodeFault,
} from "./generated/job-escrow/index.ts";

/** What an escrow's `reported` says while the registry has yet to hear how its last job ended. */
export const REPORT_DUE = 1;

/**
 * The instruction that tells the node registry how a settled job has ended: `report_outcome`, or, where the node is at
 * fault, `report_fault`. Anybody may send it; a slot can't be used again before.
 *
 * @param escrow the account, or what it will be by then
 * @param insurance the registry's token account for what is slashed
 */
export async function getReportInstruction(
  address: Address,
  escrow: Pick<Escrow, "node" | "nonce" | "mint" | "payerToken" | "fault">,
  { insurance, programs = DEFAULT_PROGRAM_ADDRESSES }: { insurance: Address; programs?: ProgramAddresses },
): Promise<Instruction> {
  const nodeAccount = await findNodeAddress(escrow.node, programs);
  const program = { programAddress: programs.jobEscrow };
  const accounts = {
    platform: await findPlatformAddress(programs),
    escrow: address,
    registry: await findRegistryAddress(programs),
    nodeAccount,
    registryProgram: programs.nodeRegistry,
    nonce: escrow.nonce,
  };
  if (escrow.fault === NodeFault.None) return getReportOutcomeInstruction(accounts, program);
  const { mint, payerToken } = escrow;
  const stakeVault = await findStakeVaultAddress(nodeAccount, programs);
  return getReportFaultInstruction({ ...accounts, stakeVault, insurance, mint, payerToken }, program);
}
