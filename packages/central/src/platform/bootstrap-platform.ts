import { type Chain, createMint, createTokenAccount, sendAndConfirm } from "@cyxwiz/chain";
import {
  BASE_UNITS_PER_CYXWIZ,
  DEFAULT_PLATFORM_PARAMETERS,
  DEFAULT_PROGRAM_ADDRESSES,
  DEFAULT_REGISTRY_PARAMETERS,
  fetchMaybePlatform,
  fetchMaybeRegistry,
  fetchMaybeReputation,
  findPlatformAddress,
  findProgramDataAddress,
  findRegistryAddress,
  findReputationAddress,
  findRewardsVaultAddress,
  getInitializePlatformInstructionAsync,
  getInitializeRegistryInstructionAsync,
  getInitializeReputationInstructionAsync,
  getOpenRewardsInstructionAsync,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type Address, fetchEncodedAccount, generateKeyPairSigner, type KeyPairSigner } from "@solana/kit";
import { allowFromTreasury } from "./allow-from-treasury.ts";
import { updatePlatform } from "./update-platform.ts";

/** What Central may spend on audits at first, of what fees bring in. */
const AUDIT_ALLOWANCE = 10_000n * BASE_UNITS_PER_CYXWIZ;

/** What a new platform is made of. */
export interface BootstrapOptions {
  readonly chain: Chain;
  /** Pays, may upgrade the programs, and becomes the platform's administrator. */
  readonly admin: KeyPairSigner;
  readonly coordinator: Address;
  /** Decides disputes; the admin unless given. */
  readonly arbiter?: Address;
  /** May mint CYXWIZ, for a new mint; the admin unless given. */
  readonly mintAuthority?: Address;
  /** An existing mint; without it one is made. */
  readonly mint?: Address;
  /** The key of the mint to be made, so that its address is known in advance. */
  readonly mintKeypair?: KeyPairSigner;
  readonly programs?: ProgramAddresses;
  /** Where they differ from the economy's. */
  readonly platformParameters?: Partial<typeof DEFAULT_PLATFORM_PARAMETERS>;
  readonly registryParameters?: Partial<typeof DEFAULT_REGISTRY_PARAMETERS>;
}

/** Where everything of a platform is. */
export interface PlatformAddresses {
  readonly mint: Address;
  readonly treasury: Address;
  readonly insurance: Address;
  readonly platform: Address;
  readonly registry: Address;
  readonly programs: ProgramAddresses;
}

/**
 * Sets a platform up: mint, treasury, insurance, platform, registry, rewards and reputation accounts. Run again it only finds what is
 * there, and goes on where an earlier run stopped.
 *
 * @throws CyxwizError CONFIG_INVALID (programs not deployed; existing accounts name another mint), TRANSACTION_FAILED
 */
export async function bootstrapPlatform(options: BootstrapOptions): Promise<PlatformAddresses> {
  const { chain, admin, programs = DEFAULT_PROGRAM_ADDRESSES } = options;
  const [platformAddress, registryAddress] = [await findPlatformAddress(programs), await findRegistryAddress(programs)];
  const platform = await fetchMaybePlatform(chain.rpc, platformAddress, { commitment: "confirmed" });
  const registry = await fetchMaybeRegistry(chain.rpc, registryAddress, { commitment: "confirmed" });
  const existing = platform.exists ? platform.data.mint : registry.exists ? registry.data.mint : undefined;
  if (existing !== undefined && options.mint !== undefined && existing !== options.mint) {
    const problem = `the platform's mint is ${existing}, not ${options.mint}`;
    throw new CyxwizError("CONFIG_INVALID", { source: "mint", problem });
  }
  const mint = existing ?? options.mint ?? (await newMint(options));
  // Two accounts of two owners: the treasury is the admin's, the insurance belongs to the registry itself.
  const accountOf = (owner: Address) => createTokenAccount(chain, { feePayer: admin, owner, mint });
  const treasury = platform.exists ? platform.data.treasury : await accountOf(admin.address);
  const insurance = platform.exists ? platform.data.insurance : await accountOf(registryAddress);
  if (!platform.exists) await initialisePlatform(options, programs, { mint, treasury, insurance });
  if (!registry.exists) await initialiseRegistry(options, programs, { mint, insurance });
  await openRewards(options, programs, mint);
  await initialiseReputation(options, programs);
  await updatePlatform(options, programs, {
    ...(platform.exists && { platform }),
    ...(registry.exists && { registry: registry.data }),
  });
  return { mint, treasury, insurance, platform: platformAddress, registry: registryAddress, programs };
}

async function newMint({ chain, admin, mintAuthority = admin.address, mintKeypair }: BootstrapOptions) {
  const mint = mintKeypair ?? (await generateKeyPairSigner());
  const { exists } = await fetchEncodedAccount(chain.rpc, mint.address, { commitment: "confirmed" });
  return exists ? mint.address : createMint(chain, { feePayer: admin, mintAuthority, mint });
}

async function initialisePlatform(
  { chain, admin, coordinator, arbiter = admin.address, platformParameters }: BootstrapOptions,
  programs: ProgramAddresses,
  tokens: { readonly mint: Address; readonly treasury: Address; readonly insurance: Address },
): Promise<void> {
  const instruction = await getInitializePlatformInstructionAsync(
    {
      deployer: admin,
      admin,
      ...tokens,
      program: programs.jobEscrow,
      programData: await programDataOf(chain, programs.jobEscrow),
      coordinator,
      arbiter,
      registryProgram: programs.nodeRegistry,
      reputationProgram: programs.reputationManager,
      ...DEFAULT_PLATFORM_PARAMETERS,
      ...platformParameters,
    },
    { programAddress: programs.jobEscrow },
  );
  const { treasury, mint } = tokens;
  const allowance = allowFromTreasury({ owner: admin, treasury, mint, coordinator, amount: AUDIT_ALLOWANCE });
  const instructions = [instruction, allowance];
  await sendAndConfirm(chain, { what: "Initialise the platform", instructions, feePayer: admin });
}

async function initialiseRegistry(
  { chain, admin, coordinator, arbiter = admin.address, registryParameters }: BootstrapOptions,
  programs: ProgramAddresses,
  tokens: { readonly mint: Address; readonly insurance: Address },
): Promise<void> {
  const instruction = await getInitializeRegistryInstructionAsync(
    {
      deployer: admin,
      admin,
      ...tokens,
      program: programs.nodeRegistry,
      programData: await programDataOf(chain, programs.nodeRegistry),
      coordinator,
      arbiter,
      escrowProgram: programs.jobEscrow,
      reputationProgram: programs.reputationManager,
      ...DEFAULT_REGISTRY_PARAMETERS,
      ...registryParameters,
    },
    { programAddress: programs.nodeRegistry },
  );
  await sendAndConfirm(chain, { what: "Initialise the registry", instructions: [instruction], feePayer: admin });
}

async function openRewards({ chain, admin }: BootstrapOptions, programs: ProgramAddresses, mint: Address) {
  const vault = await findRewardsVaultAddress(programs);
  if ((await fetchEncodedAccount(chain.rpc, vault, { commitment: "confirmed" })).exists) return;
  const options = { programAddress: programs.nodeRegistry };
  const instruction = await getOpenRewardsInstructionAsync({ payer: admin, mint }, options);
  await sendAndConfirm(chain, { what: "Open the rewards vault", instructions: [instruction], feePayer: admin });
}

async function initialiseReputation({ chain, admin, coordinator }: BootstrapOptions, programs: ProgramAddresses) {
  const account = await findReputationAddress(programs);
  if ((await fetchMaybeReputation(chain.rpc, account, { commitment: "confirmed" })).exists) return;
  const program = programs.reputationManager;
  const instruction = await getInitializeReputationInstructionAsync(
    { deployer: admin, admin, program, programData: await programDataOf(chain, program), coordinator },
    { programAddress: program },
  );
  await sendAndConfirm(chain, { what: "Initialise reputation", instructions: [instruction], feePayer: admin });
}

// Programs of a loader that does not allow upgrades have no such account; then the program stands in its place.
async function programDataOf(chain: Chain, program: Address): Promise<Address> {
  const { exists } = await fetchEncodedAccount(chain.rpc, program, { commitment: "confirmed" });
  if (!exists) {
    throw new CyxwizError("CONFIG_INVALID", { source: "programs", problem: `${program} is not deployed` });
  }
  const data = await findProgramDataAddress(program);
  const found = await fetchEncodedAccount(chain.rpc, data, { commitment: "confirmed" });
  return found.exists ? data : program;
}
