import { type Address, generateKeyPairSigner, type Instruction, type KeyPairSigner } from "@solana/kit";
import { findPageAddress, findProgramDataAddress } from "../addresses.ts";
import {
  getAddNodeInstructionAsync,
  getInitializeReputationInstructionAsync,
  getOpenPageInstructionAsync,
  getPageDecoder,
  getRecordOutcomesInstructionAsync,
  type OutcomeArgs,
  type Page,
  REPUTATION_MANAGER_PROGRAM_ADDRESS,
  type ReputationEntry,
} from "../generated/reputation-manager/index.ts";
import type { Chain, Outcome } from "./chain.ts";

/** Reputation accounts on a chain that has the program, and the first page open. */
export class Reputation {
  readonly chain: Chain;
  readonly admin: KeyPairSigner;
  readonly coordinator: KeyPairSigner;
  readonly page: Address;

  private constructor(chain: Chain, admin: KeyPairSigner, coordinator: KeyPairSigner, page: Address) {
    this.chain = chain;
    this.admin = admin;
    this.coordinator = coordinator;
    this.page = page;
  }

  /** Without a coordinator the admin is it. */
  static async open(chain: Chain, admin: KeyPairSigner, coordinator: KeyPairSigner = admin): Promise<Reputation> {
    const reputation = new Reputation(chain, admin, coordinator, await findPageAddress(0));
    await chain.mustSend(admin, await initializeReputation({ admin, coordinator }));
    await chain.mustSend(coordinator, await reputation.openPage(0));
    return reputation;
  }

  openPage(
    pageIndex: number,
    overrides: Partial<Parameters<typeof getOpenPageInstructionAsync>[0]> = {},
  ): Promise<Instruction> {
    const { coordinator } = this;
    return getOpenPageInstructionAsync({ payer: coordinator, coordinator, pageIndex, ...overrides });
  }

  addNode(
    wallet: Address,
    overrides: Partial<Parameters<typeof getAddNodeInstructionAsync>[0]> = {},
  ): Promise<Instruction> {
    return getAddNodeInstructionAsync({ coordinator: this.coordinator, page: this.page, wallet, ...overrides });
  }

  /** Appends nodes of new wallets. */
  async addNodes(count: number): Promise<void> {
    for (let added = 0; added < count; added += 20) {
      const wallets = Array.from({ length: Math.min(20, count - added) }, generateKeyPairSigner);
      const instructions = wallets.map(async (wallet) => this.addNode((await wallet).address));
      await this.chain.mustSend(this.coordinator, ...(await Promise.all(instructions)));
    }
  }

  /** The page's next batch, unless `sequence` says otherwise. */
  record(
    outcomes: OutcomeArgs[],
    overrides: Partial<Parameters<typeof getRecordOutcomesInstructionAsync>[0]> = {},
  ): Promise<Instruction> {
    return getRecordOutcomesInstructionAsync({
      coordinator: this.coordinator,
      page: this.page,
      sequence: this.read().sequence + 1n,
      outcomes,
      ...overrides,
    });
  }

  async mustRecord(...outcomes: OutcomeArgs[]): Promise<Outcome> {
    return this.chain.mustSend(this.coordinator, await this.record(outcomes));
  }

  read(page: Address = this.page): Page {
    return getPageDecoder().decode(this.chain.data(page));
  }

  entry(index: number): ReputationEntry {
    return this.read().entries[index]!;
  }
}

export async function initializeReputation(
  input: { admin: KeyPairSigner; coordinator: KeyPairSigner },
  overrides: Partial<Parameters<typeof getInitializeReputationInstructionAsync>[0]> = {},
): Promise<Instruction> {
  return getInitializeReputationInstructionAsync({
    deployer: input.admin,
    admin: input.admin,
    coordinator: input.coordinator.address,
    program: REPUTATION_MANAGER_PROGRAM_ADDRESS,
    programData: await findProgramDataAddress(REPUTATION_MANAGER_PROGRAM_ADDRESS),
    ...overrides,
  });
}
