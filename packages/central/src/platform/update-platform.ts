import { type Chain, sendAndConfirm } from "@cyxwiz/chain";
import {
  getMigrateInstruction,
  getSetRegistryAuthoritiesInstructionAsync,
  type Platform,
  type ProgramAddresses,
  type Registry,
} from "@cyxwiz/contracts";
import type { Address, Instruction, KeyPairSigner } from "@solana/kit";

const OLD_PLATFORM_VERSION = 1;

/**
 * Brings a platform that older programs made up to what the present ones need: the layout of its account, and a
 * registry that knows the reputation program. Does nothing where all is well.
 *
 * @throws CyxwizError TRANSACTION_FAILED
 */
export async function updatePlatform(
  { chain, admin }: { readonly chain: Chain; readonly admin: KeyPairSigner },
  programs: ProgramAddresses,
  found: { readonly platform?: { readonly address: Address; readonly data: Platform }; readonly registry?: Registry },
): Promise<void> {
  const instructions: Instruction[] = [];
  const { platform, registry } = found;
  if (platform?.data.version === OLD_PLATFORM_VERSION) {
    const migrate = { payer: admin, account: platform.address };
    instructions.push(getMigrateInstruction(migrate, { programAddress: programs.jobEscrow }));
  }
  if (registry && registry.reputationProgram !== programs.reputationManager) {
    const { coordinator, arbiter, escrowProgram, insurance } = registry;
    instructions.push(
      await getSetRegistryAuthoritiesInstructionAsync(
        { admin, insurance, coordinator, arbiter, escrowProgram, reputationProgram: programs.reputationManager },
        { programAddress: programs.nodeRegistry },
      ),
    );
  }
  if (instructions.length === 0) return;
  await sendAndConfirm(chain, { what: "Bring the platform up to date", instructions, feePayer: admin });
}
