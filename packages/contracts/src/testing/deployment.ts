import { type Address, generateKeyPairSigner, type Instruction, type KeyPairSigner, none } from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { findProgramDataAddress } from "../addresses.ts";
import { readProgramArtifacts } from "../artifacts.ts";
import {
  BASE_UNITS_PER_CYXWIZ,
  CYXWIZ_DECIMALS,
  DEFAULT_PLATFORM_PARAMETERS,
  DEFAULT_REGISTRY_PARAMETERS,
} from "../economy.ts";
import { getInitializePlatformInstructionAsync, JOB_ESCROW_PROGRAM_ADDRESS } from "../generated/job-escrow/index.ts";
import {
  getInitializeRegistryInstructionAsync,
  getRegisterInstructionAsync,
  getStakeInstructionAsync,
  NODE_REGISTRY_PROGRAM_ADDRESS,
} from "../generated/node-registry/index.ts";
import { REPUTATION_MANAGER_PROGRAM_ADDRESS } from "../generated/reputation-manager/programs/index.ts";
import { Chain } from "./chain.ts";

export const CYXWIZ = BASE_UNITS_PER_CYXWIZ;
export const bytes = (fill: number, length = 32): Uint8Array => new Uint8Array(length).fill(fill);
/** What the clock of a test's chain says at first, and so the nonce of a slot's first job. */
export const GENESIS_SECONDS = 1_800_000_000n;

/** A chain with all programs and nothing else. */
export async function emptyChain(): Promise<Chain> {
  const chain = new Chain();
  for (const { address, elf } of await readProgramArtifacts()) chain.svm.addProgram(address, elf);
  chain.nowSeconds = GENESIS_SECONDS;
  return chain;
}

export async function createMint(chain: Chain, authority: KeyPairSigner, freezeAuthority?: Address): Promise<Address> {
  const mint = await generateKeyPairSigner();
  const space = BigInt(getMintSize());
  await chain.mustSend(
    authority,
    getCreateAccountInstruction({
      payer: authority,
      newAccount: mint,
      lamports: chain.svm.minimumBalanceForRentExemption(space),
      space,
      programAddress: TOKEN_PROGRAM_ADDRESS,
    }),
    getInitializeMint2Instruction({
      mint: mint.address,
      decimals: CYXWIZ_DECIMALS,
      mintAuthority: authority.address,
      freezeAuthority: freezeAuthority ?? none(),
    }),
  );
  return mint.address;
}

export function mintTo(mint: Address, token: Address, mintAuthority: KeyPairSigner, amount: bigint): Instruction {
  return getMintToInstruction({ mint, token, mintAuthority, amount });
}

/** Who runs a deployment; the admin arbitrates unless somebody else does. */
interface Authorities {
  readonly admin: KeyPairSigner;
  readonly coordinator: KeyPairSigner;
  readonly arbiter?: KeyPairSigner;
  readonly mint: Address;
  readonly insurance: Address;
}

export async function initializePlatform(
  input: Authorities & { treasury: Address },
  overrides: Partial<Parameters<typeof getInitializePlatformInstructionAsync>[0]> = {},
): Promise<Instruction> {
  return getInitializePlatformInstructionAsync({
    ...DEFAULT_PLATFORM_PARAMETERS,
    deployer: input.admin,
    admin: input.admin,
    mint: input.mint,
    treasury: input.treasury,
    insurance: input.insurance,
    program: JOB_ESCROW_PROGRAM_ADDRESS,
    programData: await findProgramDataAddress(JOB_ESCROW_PROGRAM_ADDRESS),
    coordinator: input.coordinator.address,
    arbiter: (input.arbiter ?? input.admin).address,
    registryProgram: NODE_REGISTRY_PROGRAM_ADDRESS,
    reputationProgram: REPUTATION_MANAGER_PROGRAM_ADDRESS,
    ...overrides,
  });
}

export async function initializeRegistry(
  input: Authorities,
  overrides: Partial<Parameters<typeof getInitializeRegistryInstructionAsync>[0]> = {},
): Promise<Instruction> {
  return getInitializeRegistryInstructionAsync({
    ...DEFAULT_REGISTRY_PARAMETERS,
    deployer: input.admin,
    admin: input.admin,
    mint: input.mint,
    insurance: input.insurance,
    program: NODE_REGISTRY_PROGRAM_ADDRESS,
    programData: await findProgramDataAddress(NODE_REGISTRY_PROGRAM_ADDRESS),
    coordinator: input.coordinator.address,
    arbiter: (input.arbiter ?? input.admin).address,
    escrowProgram: JOB_ESCROW_PROGRAM_ADDRESS,
    reputationProgram: REPUTATION_MANAGER_PROGRAM_ADDRESS,
    ...overrides,
  });
}

export function register(
  input: { node: KeyPairSigner; mint: Address },
  overrides: Partial<Parameters<typeof getRegisterInstructionAsync>[0]> = {},
): Promise<Instruction> {
  return getRegisterInstructionAsync({
    payer: input.node,
    wallet: input.node,
    mint: input.mint,
    identity: input.node.address,
    fingerprint: bytes(1),
    capabilitiesHash: bytes(2),
    ...overrides,
  });
}

export function stake(
  input: { node: KeyPairSigner; nodeToken: Address; amount: bigint },
  overrides: Partial<Parameters<typeof getStakeInstructionAsync>[0]> = {},
): Promise<Instruction> {
  return getStakeInstructionAsync({
    wallet: input.node,
    walletToken: input.nodeToken,
    amount: input.amount,
    ...overrides,
  });
}
