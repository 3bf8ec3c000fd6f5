import { type Address, generateKeyPairSigner, type Instruction, type KeyPairSigner, none } from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import {
  findEscrowAddress,
  findNodeAddress,
  findPlatformAddress,
  findProgramDataAddress,
  findVaultAddress,
} from "../addresses.ts";
import { readProgramArtifacts } from "../artifacts.ts";
import {
  BASE_UNITS_PER_CYXWIZ,
  CYXWIZ_DECIMALS,
  DEFAULT_PLATFORM_PARAMETERS,
  DEFAULT_REGISTRY_PARAMETERS,
  FLAG_AUTO_RELEASE,
} from "../economy.ts";
import {
  type Escrow,
  getAnchorRootInstructionAsync,
  getCancelEscrowInstructionAsync,
  getCompletePaymentInstructionAsync,
  getCreateEscrowInstructionAsync,
  getEscrowDecoder,
  getEscrowEncoder,
  getInitializePlatformInstructionAsync,
  getRefundEscrowInstructionAsync,
  getStartEscrowInstruction,
  getTimeoutRefundInstructionAsync,
  JOB_ESCROW_PROGRAM_ADDRESS,
} from "../generated/job-escrow/index.ts";
import {
  getInitializeRegistryInstructionAsync,
  getRegisterInstructionAsync,
  getStakeInstructionAsync,
  NODE_REGISTRY_PROGRAM_ADDRESS,
} from "../generated/node-registry/index.ts";
import { jobIdToBytes } from "../job-id.ts";
import { Chain } from "./chain.ts";

export const CYXWIZ = BASE_UNITS_PER_CYXWIZ;
export const JOB_ID = jobIdToBytes("0b5e3a52-6f6b-4b7e-9c33-5a0f3f1f2c11");
export const bytes = (fill: number, length = 32): Uint8Array => new Uint8Array(length).fill(fill);
const DEFAULT_STAKE = 5_000n * CYXWIZ;

/** Who and what there is in a {@link World}. */
interface Cast {
  readonly chain: Chain;
  readonly admin: KeyPairSigner;
  readonly coordinator: KeyPairSigner;
  readonly payer: KeyPairSigner;
  readonly node: KeyPairSigner;
  readonly mint: Address;
  readonly treasury: Address;
  readonly insurance: Address;
  readonly payerToken: Address;
  readonly nodeToken: Address;
  readonly nodeAccount: Address;
  readonly platform: Address;
  readonly escrow: Address;
  readonly vault: Address;
}

export interface World extends Cast {}

/**
 * A deployment with everybody in it: admin, coordinator, one payer with 1,000 CYXWIZ, one node with a stake of 5,000.
 * Its methods build the instructions of slot 0's first job; what is given instead replaces what they would take.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns every field of the cast.
export class World {
  private constructor(cast: Cast) {
    Object.assign(this, cast);
  }

  static async open(): Promise<World> {
    const chain = await emptyChain();
    const [admin, coordinator, payer, node] = [
      await chain.wallet(),
      await chain.wallet(),
      await chain.wallet(),
      await chain.wallet(),
    ];
    const mint = await createMint(chain, admin);
    const treasury = await chain.tokenAccount(admin.address, mint, admin);
    const insurance = await chain.tokenAccount(coordinator.address, mint, admin);
    const payerToken = await chain.tokenAccount(payer.address, mint, admin);
    const nodeToken = await chain.tokenAccount(node.address, mint, admin);
    await chain.mustSend(
      admin,
      await initializeRegistry({ admin, coordinator, mint, insurance }),
      await initializePlatform({ admin, coordinator, mint, treasury, insurance }),
    );
    await chain.mustSend(
      admin,
      mintTo(mint, payerToken, admin, 1_000n * CYXWIZ),
      mintTo(mint, nodeToken, admin, DEFAULT_STAKE),
    );
    await chain.mustSend(node, await register({ node, mint }), await stake({ node, nodeToken, amount: DEFAULT_STAKE }));
    const escrow = await findEscrowAddress(payer.address, 0);
    return new World({
      chain,
      admin,
      coordinator,
      payer,
      node,
      mint,
      treasury,
      insurance,
      payerToken,
      nodeToken,
      nodeAccount: await findNodeAddress(node.address),
      platform: await findPlatformAddress(),
      escrow,
      vault: await findVaultAddress(escrow),
    });
  }

  create(input: Partial<Parameters<typeof getCreateEscrowInstructionAsync>[0]> = {}): Promise<Instruction> {
    return getCreateEscrowInstructionAsync({
      payer: this.payer,
      payerToken: this.payerToken,
      node: this.nodeAccount,
      mint: this.mint,
      slot: 0,
      nonce: 1n,
      jobId: JOB_ID,
      amount: 7n * CYXWIZ,
      termsHash: bytes(7),
      deadline: this.chain.nowSeconds + 3_600n,
      flags: FLAG_AUTO_RELEASE,
      ...input,
    });
  }

  async start(input: Partial<Parameters<typeof getStartEscrowInstruction>[0]> = {}): Promise<Instruction> {
    return getStartEscrowInstruction({ node: this.node, escrow: this.escrow, nonce: 1n, ...input });
  }

  anchor(input: Partial<Parameters<typeof getAnchorRootInstructionAsync>[0]> = {}): Promise<Instruction> {
    const isFinal = input.isFinal ?? 1;
    return getAnchorRootInstructionAsync({
      authority: this.coordinator,
      escrow: this.escrow,
      nonce: 1n,
      root: bytes(5),
      leafCount: 6,
      isFinal,
      resultHash: bytes(isFinal === 1 ? 9 : 0),
      ...input,
    });
  }

  complete(input: Partial<Parameters<typeof getCompletePaymentInstructionAsync>[0]> = {}): Promise<Instruction> {
    return getCompletePaymentInstructionAsync({
      authority: this.coordinator,
      escrow: this.escrow,
      nodeToken: this.nodeToken,
      treasury: this.treasury,
      payerToken: this.payerToken,
      nonce: 1n,
      root: bytes(5),
      ...input,
    });
  }

  cancel(input: Partial<Parameters<typeof getCancelEscrowInstructionAsync>[0]> = {}): Promise<Instruction> {
    return getCancelEscrowInstructionAsync({
      payer: this.payer,
      escrow: this.escrow,
      payerToken: this.payerToken,
      nonce: 1n,
      ...input,
    });
  }

  refund(input: Partial<Parameters<typeof getRefundEscrowInstructionAsync>[0]> = {}): Promise<Instruction> {
    return getRefundEscrowInstructionAsync({
      coordinator: this.coordinator,
      escrow: this.escrow,
      payerToken: this.payerToken,
      nonce: 1n,
      ...input,
    });
  }

  timeout(input: Partial<Parameters<typeof getTimeoutRefundInstructionAsync>[0]> = {}): Promise<Instruction> {
    return getTimeoutRefundInstructionAsync({
      caller: this.admin,
      escrow: this.escrow,
      payerToken: this.payerToken,
      nonce: 1n,
      ...input,
    });
  }

  read(): Escrow {
    return getEscrowDecoder().decode(this.chain.data(this.escrow));
  }

  /** Changes fields of the escrow that no instruction would change so. */
  forge(fields: Partial<Escrow>): void {
    this.chain.overwrite(this.escrow, (data) => {
      const { discriminator: _, ...escrow } = getEscrowDecoder().decode(data);
      return new Uint8Array(getEscrowEncoder().encode({ ...escrow, ...fields }));
    });
  }

  /** Leads the slot's first job to a state by its instructions. */
  async reach(state: "created" | "running" | "proven" | "settled"): Promise<void> {
    const steps = [
      [this.payer, await this.create()],
      [this.node, await this.start()],
      [this.coordinator, await this.anchor()],
      [this.coordinator, await this.complete()],
    ] as const;
    const count = { created: 1, running: 2, proven: 3, settled: 4 }[state];
    for (const [signer, instruction] of steps.slice(0, count)) await this.chain.mustSend(signer, instruction);
  }

  balances(): { payer: bigint; node: bigint; treasury: bigint; vault: bigint } {
    const { chain } = this;
    return {
      payer: chain.tokens(this.payerToken),
      node: chain.tokens(this.nodeToken),
      treasury: chain.tokens(this.treasury),
      vault: chain.tokens(this.vault),
    };
  }
}

/** A chain with both programs and nothing else. */
export async function emptyChain(): Promise<Chain> {
  const chain = new Chain();
  for (const { address, elf } of await readProgramArtifacts()) chain.svm.addProgram(address, elf);
  chain.nowSeconds = 1_800_000_000n;
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

export async function initializePlatform(
  input: { admin: KeyPairSigner; coordinator: KeyPairSigner; mint: Address; treasury: Address; insurance: Address },
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
    arbiter: input.admin.address,
    registryProgram: NODE_REGISTRY_PROGRAM_ADDRESS,
    reputationProgram: NODE_REGISTRY_PROGRAM_ADDRESS,
    ...overrides,
  });
}

export async function initializeRegistry(
  input: { admin: KeyPairSigner; coordinator: KeyPairSigner; mint: Address; insurance: Address },
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
    arbiter: input.admin.address,
    escrowProgram: JOB_ESCROW_PROGRAM_ADDRESS,
    reputationProgram: NODE_REGISTRY_PROGRAM_ADDRESS,
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
