import { createHash } from "node:crypto";
import { type Client, createClient } from "@connectrpc/connect";
import { chainTime, findTokenAccount, sendAndConfirm } from "@cyxwiz/chain";
import {
  fetchEscrow,
  fetchMaybeEscrow,
  findEscrowAddress,
  findNodeAddress,
  getCancelEscrowInstructionAsync,
  getCreateEscrowInstructionAsync,
  getReportInstruction,
  nextNonce,
  REPORT_DUE,
} from "@cyxwiz/contracts";
import {
  CENTRAL_AUDIENCE,
  createTlsTransport,
  JobService,
  JobType,
  ProofService,
  type SubmitJobResponse,
  signWalletToken,
  type TlsTransport,
  WalletService,
} from "@cyxwiz/protocol";
import { address, type KeyPairSigner, type Signature } from "@solana/kit";
import type { Central } from "../start-central.ts";
import type { TestWorld } from "./test-world.ts";

const DATASET_SHA256 = createHash("sha256").update("a data set").digest("hex");

/** What an escrow may differ in from what was asked for. */
export interface EscrowChanges {
  readonly slot?: number;
  readonly nonce?: bigint;
  readonly amount?: bigint;
  readonly jobId?: Uint8Array;
  readonly node?: string;
  readonly deadline?: bigint;
  readonly termsHash?: Uint8Array;
  readonly checkpoints?: number;
  readonly flags?: number;
  readonly payer?: KeyPairSigner;
}

/** Plays an engine with a wallet. */
export class TestEngine {
  readonly world: TestWorld;
  readonly wallet: KeyPairSigner;
  #transport!: TlsTransport;
  /** Whether it sends its wallet's proof with each call. */
  proves: boolean;
  jobs!: Client<typeof JobService>;
  wallets!: Client<typeof WalletService>;
  proofs!: Client<typeof ProofService>;

  private constructor(world: TestWorld, wallet: KeyPairSigner, proves: boolean) {
    this.world = world;
    this.wallet = wallet;
    this.proves = proves;
    this.connect(world.central);
  }

  /** @param proves whether it sends its wallet's proof with each call, as our own engine does */
  static async create(world: TestWorld, proves = true): Promise<TestEngine> {
    return new TestEngine(world, await world.wallet(100n), proves);
  }

  connect(central: Central): void {
    this.#transport?.close();
    this.#transport = createTlsTransport({
      peer: "Central",
      baseUrl: central.url,
      certificatePem: central.certificate.certificatePem,
      bearerToken: () => (this.proves ? this.walletToken() : undefined),
      maxMessageBytes: 1 << 24,
    });
    this.jobs = createClient(JobService, this.#transport.transport);
    this.wallets = createClient(WalletService, this.#transport.transport);
    this.proofs = createClient(ProofService, this.#transport.transport);
  }

  walletToken(): Promise<string> {
    return signWalletToken({
      wallet: this.wallet.address,
      privateKey: this.wallet.keyPair.privateKey,
      audience: CENTRAL_AUDIENCE,
      nowSeconds: Math.floor((Date.now() + this.world.skewMs) / 1_000),
    });
  }

  config(epochs = 3) {
    return {
      jobType: JobType.TRAINING,
      modelDefinition: JSON.stringify({ architecture: "MLP", layers: [784, 32, 10] }),
      epochs,
      batchSize: 128,
      paymentAddress: this.wallet.address,
      datasetSha256: DATASET_SHA256,
      datasetSamples: 60_000n,
      testSamples: 10_000n,
    };
  }

  submit(config: Parameters<Client<typeof JobService>["submitJob"]>[0]["config"] = this.config()) {
    return this.jobs.submitJob({ config });
  }

  async pay(quote: SubmitJobResponse, changes: EscrowChanges = {}): Promise<Signature> {
    const instructions = await this.escrowInstructions(quote, changes);
    const payer = changes.payer ?? this.wallet;
    return sendAndConfirm(this.world.chain, { what: "Pay", instructions, feePayer: payer });
  }

  async escrowInstructions({ escrowTerms: terms }: SubmitJobResponse, changes: EscrowChanges = {}) {
    if (!terms) throw new Error("the quote has no terms");
    const payer = changes.payer ?? this.wallet;
    const mint = address(terms.mint);
    const { chain, platform } = this.world;
    const escrow = await findEscrowAddress(payer.address, changes.slot ?? 0);
    const found = await fetchMaybeEscrow(chain.rpc, escrow, { commitment: "confirmed" });
    const last = found.exists ? found.data : undefined;
    const due = last?.reported === REPORT_DUE ? [await getReportInstruction(escrow, last, platform)] : [];
    const create = await getCreateEscrowInstructionAsync({
      payer,
      payerToken: await findTokenAccount({ owner: payer.address, mint }),
      node: await findNodeAddress(address(changes.node ?? terms.nodeWallet)),
      mint,
      slot: changes.slot ?? 0,
      nonce: changes.nonce ?? nextNonce(last, await chainTime(chain)),
      jobId: changes.jobId ?? terms.jobId,
      amount: changes.amount ?? terms.amount,
      termsHash: changes.termsHash ?? terms.termsHash,
      deadline: changes.deadline ?? terms.deadline,
      checkpoints: changes.checkpoints ?? terms.checkpoints,
      flags: changes.flags ?? (terms.autoRelease ? 1 : 0),
    });
    return [...due, create];
  }

  /** Cancels an escrow on chain, without a word to Central. */
  async takeBack(escrow: string): Promise<void> {
    const { nonce } = (await fetchEscrow(this.world.chain.rpc, address(escrow), { commitment: "confirmed" })).data;
    const payerToken = await findTokenAccount({ owner: this.wallet.address, mint: this.world.platform.mint });
    const accounts = { payer: this.wallet, escrow: address(escrow), payerToken };
    const instruction = await getCancelEscrowInstructionAsync({ ...accounts, nonce });
    await sendAndConfirm(this.world.chain, { what: "Cancel", instructions: [instruction], feePayer: this.wallet });
  }

  confirm(jobId: string, escrowTxSignature: string) {
    return this.jobs.confirmEscrow({ jobId, escrowTxSignature });
  }

  /** Waits, on the stream of updates, for a status. */
  async until(jobId: string, wanted: number): Promise<void> {
    const stop = new AbortController();
    try {
      for await (const { status } of this.jobs.streamJobUpdates(
        { jobId },
        { signal: stop.signal, timeoutMs: 25_000 },
      )) {
        if (status?.status === wanted) return;
      }
      throw new Error(`job ${jobId} ended without reaching status ${wanted}`);
    } finally {
      stop.abort();
    }
  }

  close(): void {
    this.#transport.close();
  }
}
