import {
  fetchMaybePlatform,
  fetchMaybeRegistry,
  fetchMaybeReputation,
  findPlatformAddress,
  findRegistryAddress,
  findReputationAddress,
  getAcceptPlatformAdminInstructionAsync,
  getAcceptRegistryAdminInstructionAsync,
  getAcceptReputationAdminInstructionAsync,
  getProposePlatformAdminInstructionAsync,
  getProposeRegistryAdminInstructionAsync,
  getProposeReputationAdminInstructionAsync,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { Address, Instruction, KeyPairSigner } from "@solana/kit";
import type { ChainContext } from "../options/on-chain.ts";
import { requireWallet } from "../platform/require-wallet.ts";

/** The programs that have an admin. */
export const PROGRAMS = ["escrow", "registry", "reputation"] as const;
export type ProgramName = (typeof PROGRAMS)[number];

/** Stands where no admin is proposed. */
export const NOBODY = "11111111111111111111111111111111" as Address;

/** Who rules a program, and how that is handed over. */
export interface Authority {
  readonly program: ProgramName;
  readonly admin: Address;
  /** {@link NOBODY} when none is proposed. */
  readonly pendingAdmin: Address;
  propose(admin: KeyPairSigner, newAdmin: Address): Promise<Instruction>;
  accept(newAdmin: KeyPairSigner): Promise<Instruction>;
}

/**
 * The admins of the programs that are set up.
 *
 * @throws CyxwizError CONFIG_INVALID where none of the wanted programs is
 */
export async function readAuthorities(
  { chain, signal }: ChainContext,
  wanted: readonly ProgramName[] = PROGRAMS,
): Promise<Authority[]> {
  const read = { commitment: "confirmed", abortSignal: signal } as const;
  const [platform, registry, reputation] = await Promise.all([
    findPlatformAddress().then((address) => fetchMaybePlatform(chain.rpc, address, read)),
    findRegistryAddress().then((address) => fetchMaybeRegistry(chain.rpc, address, read)),
    findReputationAddress().then((address) => fetchMaybeReputation(chain.rpc, address, read)),
  ]);
  const found: Authority[] = [];
  if (platform.exists) {
    found.push({
      ...{ program: "escrow", admin: platform.data.admin, pendingAdmin: platform.data.pendingAdmin },
      propose: (admin, newAdmin) => getProposePlatformAdminInstructionAsync({ admin, newAdmin }),
      accept: (newAdmin) => getAcceptPlatformAdminInstructionAsync({ newAdmin }),
    });
  }
  if (registry.exists) {
    found.push({
      ...{ program: "registry", admin: registry.data.admin, pendingAdmin: registry.data.pendingAdmin },
      propose: (admin, newAdmin) => getProposeRegistryAdminInstructionAsync({ admin, newAdmin }),
      accept: (newAdmin) => getAcceptRegistryAdminInstructionAsync({ newAdmin }),
    });
  }
  if (reputation.exists) {
    found.push({
      ...{ program: "reputation", admin: reputation.data.admin, pendingAdmin: reputation.data.pendingAdmin },
      propose: (admin, newAdmin) => getProposeReputationAdminInstructionAsync({ admin, newAdmin }),
      accept: (newAdmin) => getAcceptReputationAdminInstructionAsync({ newAdmin }),
    });
  }
  const chosen = found.filter(({ program }) => wanted.includes(program));
  if (chosen.length > 0) return chosen;
  const problem = `${wanted.join(" and ")} are not set up; \`cyxwiz admin init\` does`;
  throw new CyxwizError("CONFIG_INVALID", { source: "the cluster", problem });
}

/**
 * Refuses, before anything is sent, a wallet that is not the admin of all these programs.
 *
 * @throws CyxwizError WRONG_WALLET, or CONFIG_INVALID where none of the programs is set up
 */
export async function requireAdmin(
  what: string,
  context: ChainContext & { readonly wallet: KeyPairSigner },
  wanted: readonly ProgramName[] = PROGRAMS,
): Promise<Authority[]> {
  const authorities = await readAuthorities(context, wanted);
  for (const { program, admin } of authorities) {
    requireWallet(what, context.wallet, { whose: `the admin of the ${program} program`, needed: admin });
  }
  return authorities;
}
