import {
  type Address,
  address,
  getAddressEncoder,
  getProgramDerivedAddress,
  type ProgramDerivedAddress,
} from "@solana/kit";
import { findEscrowPda, findPlatformPda, findVaultPda } from "./generated/job-escrow/index.ts";
import { JOB_ESCROW_PROGRAM_ADDRESS } from "./generated/job-escrow/programs/index.ts";
import {
  findNodePda,
  findRegistryPda,
  findRewardsVaultPda,
  findStakeVaultPda,
} from "./generated/node-registry/index.ts";
import { NODE_REGISTRY_PROGRAM_ADDRESS } from "./generated/node-registry/programs/index.ts";
import { findPagePda, findReputationPda } from "./generated/reputation-manager/index.ts";
import { REPUTATION_MANAGER_PROGRAM_ADDRESS } from "./generated/reputation-manager/programs/index.ts";

/** Where the programs of one deployment are. Operators who deploy under their own ids pass their own. */
export interface ProgramAddresses {
  readonly jobEscrow: Address;
  readonly nodeRegistry: Address;
  readonly reputationManager: Address;
}

/** The addresses used on local clusters, and everywhere else unless configured otherwise. */
export const DEFAULT_PROGRAM_ADDRESSES: ProgramAddresses = {
  jobEscrow: JOB_ESCROW_PROGRAM_ADDRESS,
  nodeRegistry: NODE_REGISTRY_PROGRAM_ADDRESS,
  reputationManager: REPUTATION_MANAGER_PROGRAM_ADDRESS,
};

const UPGRADEABLE_LOADER_ADDRESS = address("BPFLoaderUpgradeab1e11111111111111111111111");

/** The loader's account with an upgradeable program's code; `initialize…` takes it as `programData`. */
export async function findProgramDataAddress(programAddress: Address): Promise<Address> {
  const [found] = await getProgramDerivedAddress({
    programAddress: UPGRADEABLE_LOADER_ADDRESS,
    seeds: [getAddressEncoder().encode(programAddress)],
  });
  return found;
}

/** The platform's parameters and authorities. */
export async function findPlatformAddress(programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES): Promise<Address> {
  return first(findPlatformPda({ programAddress: programs.jobEscrow }));
}

/** The escrow account of a payer's slot; `slot` is a number of the payer's choice below 2^32. */
export async function findEscrowAddress(
  payer: Address,
  slot: number,
  programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES,
): Promise<Address> {
  return first(findEscrowPda({ payer, slot }, { programAddress: programs.jobEscrow }));
}

/** The token account that holds an escrow's tokens. */
export async function findVaultAddress(
  escrow: Address,
  programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES,
): Promise<Address> {
  return first(findVaultPda({ escrow }, { programAddress: programs.jobEscrow }));
}

/** The registry's parameters and authorities. */
export async function findRegistryAddress(programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES): Promise<Address> {
  return first(findRegistryPda({ programAddress: programs.nodeRegistry }));
}

/** The account of the node that a wallet registered. */
export async function findNodeAddress(
  wallet: Address,
  programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES,
): Promise<Address> {
  return first(findNodePda({ wallet }, { programAddress: programs.nodeRegistry }));
}

/** The token account that holds a node's stake; `node` is the node account, not its wallet. */
export async function findStakeVaultAddress(
  node: Address,
  programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES,
): Promise<Address> {
  return first(findStakeVaultPda({ node }, { programAddress: programs.nodeRegistry }));
}

/** The token account that the yield of stake is paid from. */
export async function findRewardsVaultAddress(
  programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES,
): Promise<Address> {
  return first(findRewardsVaultPda({ programAddress: programs.nodeRegistry }));
}

/** The authorities of reputation-manager. */
export async function findReputationAddress(programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES): Promise<Address> {
  return first(findReputationPda({ programAddress: programs.reputationManager }));
}

/** A page of reputation-manager: up to 120 nodes; pages are counted from 0. */
export async function findPageAddress(
  index: number,
  programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES,
): Promise<Address> {
  return first(findPagePda({ pageIndex: index }, { programAddress: programs.reputationManager }));
}

async function first(found: Promise<ProgramDerivedAddress>): Promise<Address> {
  return (await found)[0];
}
