import type { Chain } from "@cyxwiz/chain";
import {
  type Escrow,
  fetchRegistry,
  findRegistryAddress,
  getReportInstruction,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import type { Address, Instruction } from "@solana/kit";

/** What tells the node registry how the last job of a slot has ended. */
export async function reportInstruction(
  { chain, programs, signal }: { chain: Chain; programs: ProgramAddresses; signal: AbortSignal | undefined },
  address: Address,
  escrow: Escrow,
): Promise<Instruction> {
  const registry = await fetchRegistry(chain.rpc, await findRegistryAddress(programs), {
    commitment: "confirmed",
    ...(signal && { abortSignal: signal }),
  });
  return getReportInstruction(address, escrow, { insurance: registry.data.insurance, programs });
}
