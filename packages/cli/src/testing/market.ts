import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { bootstrapPlatform, type PlatformAddresses } from "@cyxwiz/central/platform";
import {
  type Chain,
  chainTime,
  createChain,
  findTokenAccount,
  mintTokens,
  sendAndConfirm,
  tokenBalance,
} from "@cyxwiz/chain";
import {
  fetchEscrow,
  findNodeAddress,
  findPlatformAddress,
  findRegistryAddress,
  getAnchorRootInstructionAsync,
  getStartEscrowInstruction,
  jobIdToBytes,
  NODE_REGISTRY_PROGRAM_ADDRESS,
  readProgramArtifacts,
} from "@cyxwiz/contracts";
import { makeEscrow } from "@cyxwiz/engine";
import { type Localnet, startLocalnet } from "@cyxwiz/localnet";
import { EscrowTermsSchema } from "@cyxwiz/protocol";
import type { Address, Instruction, KeyPairSigner } from "@solana/kit";
import { getCloseAccountInstruction } from "@solana-program/token";
import { type KeyFile, keyIn } from "../cluster/keys.ts";
import { fundSol } from "../cluster/prepare-platform.ts";
import { lastOf, runHere } from "./run-here.ts";

export const TOKEN = 10n ** 9n;
export const DAY_SECONDS = 86_400n;

/**
 * A chain with a platform on it, whose time the test moves, and wallets that use the command line on it. There is no
 * Central: what Central does on chain, a test does with the coordinator's key.
 */
export class Market {
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  directory = "";
  localnet!: Localnet;
  chain!: Chain;
  admin!: KeyFile;
  coordinator!: KeyFile;
  platform!: PlatformAddresses;

  static async open(): Promise<Market> {
    const market = new Market();
    market.directory = await mkdtemp(join(tmpdir(), "cyxwiz-market-"));
    market.#cleanups.push(() => rm(market.directory, { recursive: true, force: true }));
    market.localnet = await startLocalnet({ slotMs: 20, programs: await readProgramArtifacts() });
    market.#cleanups.push(() => market.localnet.close());
    const { rpcUrl, wsUrl } = market.localnet;
    market.chain = createChain({ rpcUrls: [rpcUrl], wsUrl });
    [market.admin, market.coordinator] = await Promise.all([market.#key("admin"), market.#key("coordinator")]);
    market.platform = await bootstrapPlatform({
      chain: market.chain,
      admin: market.admin.signer,
      coordinator: market.coordinator.signer.address,
    });
    return market;
  }

  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
  }

  /** A wallet with SOL and so many whole CYXWIZ. */
  async wallet(name: string, tokens = 0n): Promise<KeyFile> {
    const key = await this.#key(name);
    const { signer } = this.admin;
    const mint = { feePayer: signer, mintAuthority: signer, mint: this.platform.mint };
    await mintTokens(this.chain, { ...mint, to: key.signer.address, amount: tokens * TOKEN });
    return key;
  }

  /** The data directory of all nodes. */
  get nodeDirectory(): string {
    return join(this.directory, "node");
  }

  /** Base units of CYXWIZ that a wallet has. */
  balance({ signer }: KeyFile): Promise<bigint> {
    return tokenBalance(this.chain, { owner: signer.address, mint: this.platform.mint });
  }

  /** Runs a command with a wallet and `--json`; gives what it told last. It must succeed. */
  async run(wallet: KeyFile, command: string, ...more: readonly string[]): Promise<Record<string, unknown>> {
    const { code, output } = await this.#cyxwiz(wallet, command, [...more, "--json"]);
    if (code !== 0) throw new Error(`cyxwiz ${command} ended with ${code}: ${output}`);
    return lastOf(output);
  }

  /** Runs a command that has to fail, with `--json`; gives its exit code and the error's code and message. */
  async refused(
    wallet: KeyFile,
    command: string,
    ...more: readonly string[]
  ): Promise<{ exit: number; code: unknown; message: string }> {
    const { code: exit, output } = await this.#cyxwiz(wallet, command, [...more, "--json"]);
    const { code, message } = lastOf(output);
    return { exit, code, message: String(message) };
  }

  /** What a command tells a person. */
  async shown(wallet: KeyFile, command: string): Promise<string> {
    const { code, output } = await this.#cyxwiz(wallet, command, []);
    if (code !== 0) throw new Error(`cyxwiz ${command} ended with ${code}: ${output}`);
    return output;
  }

  /** Moves the chain's time. */
  async later(seconds: bigint): Promise<void> {
    const before = await chainTime(this.chain);
    this.localnet.advanceTime(Number(seconds));
    // What is read at `confirmed` has the new time only when a block with it is closed.
    await this.localnet.advanceSlots(2);
    if ((await chainTime(this.chain)) < before + seconds) throw new Error("the chain's time has not moved");
  }

  /** A job of ten epochs in escrow, which its node may start. */
  async createdJob(payer: KeyFile, node: KeyFile, amount: bigint): Promise<{ escrow: Address; jobId: string }> {
    const jobId = randomUUID();
    const terms = create(EscrowTermsSchema, {
      mint: this.platform.mint,
      nodeWallet: node.signer.address,
      jobId: jobIdToBytes(jobId),
      amount,
      termsHash: new Uint8Array(32).fill(7),
      deadline: (await chainTime(this.chain)) + DAY_SECONDS,
      autoRelease: true,
      checkpoints: 10,
    });
    const { escrow } = await makeEscrow(terms, { chain: this.chain, wallet: payer.signer, dataDir: this.directory });
    return { escrow, jobId };
  }

  /** The same, started by its node. */
  async runningJob(payer: KeyFile, node: KeyFile, amount: bigint): Promise<{ escrow: Address; jobId: string }> {
    const { escrow, jobId } = await this.createdJob(payer, node, amount);
    const nonce = await this.nonce(escrow);
    await this.send(
      node.signer,
      getStartEscrowInstruction({
        node: node.signer,
        platform: await findPlatformAddress(),
        escrow,
        registry: await findRegistryAddress(),
        nodeAccount: await findNodeAddress(node.signer.address),
        registryProgram: NODE_REGISTRY_PROGRAM_ADDRESS,
        nonce,
      }),
    );
    return { escrow, jobId };
  }

  /** Has the checkpoints of a running job's first epochs on chain, as Central does. */
  async anchor(escrow: Address, leafCount: number): Promise<void> {
    const { signer: authority } = this.coordinator;
    const root = new Uint8Array(32).fill(5);
    const anchor = { authority, escrow, nonce: await this.nonce(escrow), root, leafCount };
    await this.send(authority, await getAnchorRootInstructionAsync(anchor));
  }

  /** Closes a wallet's token account, which has to be empty, as wallets do to get its rent back. */
  async closeTokenAccount({ signer: owner }: KeyFile): Promise<void> {
    const account = await findTokenAccount({ owner: owner.address, mint: this.platform.mint });
    await this.send(owner, getCloseAccountInstruction({ account, destination: owner.address, owner }));
  }

  async send(feePayer: KeyPairSigner, ...instructions: Instruction[]): Promise<string> {
    return sendAndConfirm(this.chain, { what: "A step of the test", instructions, feePayer });
  }

  async nonce(escrow: Address): Promise<bigint> {
    return (await fetchEscrow(this.chain.rpc, escrow, { commitment: "confirmed" })).data.nonce;
  }

  async #key(name: string): Promise<KeyFile> {
    const key = await keyIn(this.directory, name);
    await fundSol(this.chain, key.signer.address);
    return key;
  }

  #cyxwiz(wallet: KeyFile, command: string, more: readonly string[]): Promise<{ code: number; output: string }> {
    const { rpcUrl, wsUrl } = this.localnet;
    const where = ["--wallet", wallet.path, "--rpc-url", rpcUrl, "--ws-url", wsUrl];
    const data = /^node (register|claim)/.test(command) ? ["--data-dir", this.nodeDirectory] : [];
    return runHere([...command.split(" "), ...more, ...where, ...data]);
  }
}
