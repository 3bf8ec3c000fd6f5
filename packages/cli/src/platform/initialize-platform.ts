import { type Chain, createMint, createTokenAccount, sendAndConfirm } from "@cyxwiz/chain";
import {
  DEFAULT_PLATFORM_PARAMETERS,
  DEFAULT_PROGRAM_ADDRESSES,
  DEFAULT_REGISTRY_PARAMETERS,
  fetchMaybePlatform,
  findPlatformAddress,
  findProgramDataAddress,
  getInitializePlatformInstructionAsync,
  getInitializeRegistryInstructionAsync,
  type Platform,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { Address, KeyPairSigner } from "@solana/kit";

const UPGRADEABLE_LOADER = "BPFLoaderUpgradeab1e11111111111111111111111";
// There is no reputation program yet; the account keeps its place.
const NO_PROGRAM = "11111111111111111111111111111111" as Address;

export interface InitializePlatformOptions {
  /** Pays, may mint, and may later change parameters; for programs that can be upgraded, the key that may. */
  readonly admin: KeyPairSigner;
  /** Central's wallet. */
  readonly coordinator: Address;
  /** Decides disputes. Default: the admin. */
  readonly arbiter?: Address;
  /** Owns the token account that fees go to. */
  readonly treasuryOwner: Address;
  /** Owns the token account that slashed stake goes to. Default: the admin. */
  readonly insuranceOwner?: Address;
  /** CYXWIZ. Default: a new mint. */
  readonly mint?: Address;
  readonly programs?: ProgramAddresses;
  readonly signal?: AbortSignal;
}

/** What a new platform consists of. */
export interface InitializedPlatform {
  readonly mint: Address;
  readonly treasury: Address;
  readonly insurance: Address;
  readonly signature: string;
}

/**
 * Makes the token, the accounts for fees and slashed stake, and the platform's and the registry's parameters.
 *
 * @throws CyxwizError `TRANSACTION_FAILED`, `UNREACHABLE`, `CONFIG_INVALID` when the programs are not on the cluster.
 */
export async function initializePlatform(
  chain: Chain,
  options: InitializePlatformOptions,
): Promise<InitializedPlatform> {
  const { admin, coordinator } = options;
  const programs = options.programs ?? DEFAULT_PROGRAM_ADDRESSES;
  const action = { feePayer: admin, ...(options.signal ? { signal: options.signal } : {}) };
  const [registryData, escrowData] = await Promise.all([
    programDataOf(chain, programs.nodeRegistry),
    programDataOf(chain, programs.jobEscrow),
  ]);
  const mint = options.mint ?? (await createMint(chain, action));
  const [treasury, insurance] = await Promise.all([
    createTokenAccount(chain, { ...action, mint, owner: options.treasuryOwner }),
    createTokenAccount(chain, { ...action, mint, owner: options.insuranceOwner ?? admin.address }),
  ]);
  const common = {
    deployer: admin,
    admin,
    coordinator,
    arbiter: options.arbiter ?? admin.address,
    mint,
    insurance,
    reputationProgram: NO_PROGRAM,
  };
  const registry = await getInitializeRegistryInstructionAsync(
    {
      ...common,
      ...DEFAULT_REGISTRY_PARAMETERS,
      escrowProgram: programs.jobEscrow,
      program: programs.nodeRegistry,
      programData: registryData,
    },
    { programAddress: programs.nodeRegistry },
  );
  const platform = await getInitializePlatformInstructionAsync(
    {
      ...common,
      ...DEFAULT_PLATFORM_PARAMETERS,
      treasury,
      registryProgram: programs.nodeRegistry,
      program: programs.jobEscrow,
      programData: escrowData,
    },
    { programAddress: programs.jobEscrow },
  );
  const what = "Initialise the platform";
  const signature = await sendAndConfirm(chain, { ...action, what, instructions: [registry, platform] });
  return { mint, treasury, insurance, signature };
}

/** The platform on a cluster; `undefined` before it was initialised. */
export async function readPlatform(
  chain: Chain,
  programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES,
): Promise<Platform | undefined> {
  const account = await fetchMaybePlatform(chain.rpc, await findPlatformAddress(programs), { commitment: "confirmed" });
  return account.exists ? account.data : undefined;
}

async function programDataOf(chain: Chain, program: Address): Promise<Address> {
  const { value } = await chain.rpc.getAccountInfo(program, { encoding: "base64", commitment: "confirmed" }).send();
  if (!value?.executable) {
    throw new CyxwizError("CONFIG_INVALID", { source: "the cluster", problem: `program ${program} is not on it` });
  }
  return value.owner === UPGRADEABLE_LOADER ? findProgramDataAddress(program) : program;
}
