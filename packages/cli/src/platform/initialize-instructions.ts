import {
  DEFAULT_PLATFORM_PARAMETERS,
  DEFAULT_PROGRAM_ADDRESSES,
  DEFAULT_REGISTRY_PARAMETERS,
  findProgramDataAddress,
  getInitializePlatformInstructionAsync,
  getInitializeRegistryInstructionAsync,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import type { Address, Instruction, TransactionSigner } from "@solana/kit";

// There is no reputation program yet; the account keeps its place.
const NO_PROGRAM = "11111111111111111111111111111111" as Address;

export interface InitializeOptions {
  /** May upgrade the programs, where they can be upgraded; pays the rent. */
  readonly deployer: TransactionSigner;
  /** May change parameters later. */
  readonly admin: TransactionSigner;
  /** Central's wallet. */
  readonly coordinator: Address;
  /** Decides disputes. */
  readonly arbiter: Address;
  readonly mint: Address;
  /** Token account for fees. */
  readonly treasury: Address;
  /** Token account for what is slashed. */
  readonly insurance: Address;
  /** Whether the programs were deployed with an upgrade authority. */
  readonly upgradeable: boolean;
  readonly programs?: ProgramAddresses;
}

/** Makes the platform's and the registry's accounts, with the parameters of the economy. */
export async function initializeInstructions(options: InitializeOptions): Promise<Instruction[]> {
  const { deployer, admin, coordinator, arbiter, mint, treasury, insurance } = options;
  const { jobEscrow, nodeRegistry } = options.programs ?? DEFAULT_PROGRAM_ADDRESSES;
  const dataOf = (program: Address) => (options.upgradeable ? findProgramDataAddress(program) : program);
  const common = { deployer, admin, coordinator, arbiter, mint, insurance, reputationProgram: NO_PROGRAM };
  return [
    await getInitializeRegistryInstructionAsync(
      {
        ...common,
        ...DEFAULT_REGISTRY_PARAMETERS,
        escrowProgram: jobEscrow,
        program: nodeRegistry,
        programData: await dataOf(nodeRegistry),
      },
      { programAddress: nodeRegistry },
    ),
    await getInitializePlatformInstructionAsync(
      {
        ...common,
        ...DEFAULT_PLATFORM_PARAMETERS,
        treasury,
        registryProgram: nodeRegistry,
        program: jobEscrow,
        programData: await dataOf(jobEscrow),
      },
      { programAddress: jobEscrow },
    ),
  ];
}
