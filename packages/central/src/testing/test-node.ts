import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { type Client, createClient } from "@connectrpc/connect";
import { findTokenAccount, sendAndConfirm } from "@cyxwiz/chain";
import {
  fetchEscrow,
  findNodeAddress,
  findRegistryAddress,
  getRegisterInstructionAsync,
  getStakeInstructionAsync,
  getStartEscrowInstructionAsync,
  jobIdToBytes,
} from "@cyxwiz/contracts";
import { genesisHash, hashMetrics, jobRoot, nextHash, toHex } from "@cyxwiz/proof";
import {
  CENTRAL_AUDIENCE,
  createTlsTransport,
  JobStatusService,
  loadOrCreateCertificate,
  NodeService,
  type RedeemTokenResponse,
  RelayService,
  type ServerCertificate,
  signWalletToken,
  type TlsTransport,
} from "@cyxwiz/protocol";
import { address, type KeyPairSigner } from "@solana/kit";
import type { Central } from "../start-central.ts";
import { CYXWIZ, type TestWorld } from "./test-world.ts";

const encode = (text: string) => new TextEncoder().encode(text);

export interface TestNodeOptions {
  readonly stake?: bigint;
  readonly registerOnChain?: boolean;
  readonly gigaflops?: number;
  readonly ramBytes?: bigint;
}

/** Plays a node: real wallet, real registration and stake, real calls; its training is made up. */
export class TestNode {
  readonly world: TestWorld;
  readonly wallet: KeyPairSigner;
  readonly certificate: ServerCertificate;
  readonly options: TestNodeOptions;
  /** Where it says that it is reached. */
  port = 50_052;
  nodeId = "";
  session: string | undefined;
  #transport!: TlsTransport;
  calls!: Client<typeof NodeService>;
  status!: Client<typeof JobStatusService>;
  relay!: Client<typeof RelayService>;

  private constructor(
    world: TestWorld,
    wallet: KeyPairSigner,
    certificate: ServerCertificate,
    options: TestNodeOptions,
  ) {
    this.world = world;
    this.wallet = wallet;
    this.certificate = certificate;
    this.options = options;
    this.connect(world.central);
  }

  /** A node that is registered and staked on chain, and not yet known to Central. */
  static async create(world: TestWorld, options: TestNodeOptions = {}): Promise<TestNode> {
    const directory = await mkdtemp(join(world.directory, "node-"));
    const certificate = await loadOrCreateCertificate({ directory, commonName: "node", hosts: [] });
    const stake = options.stake ?? 1_000n;
    const node = new TestNode(world, await world.wallet(stake), certificate, options);
    if (options.registerOnChain !== false) await node.#registerOnChain(stake * CYXWIZ);
    return node;
  }

  /** … and known to Central. */
  static async join(world: TestWorld, options: TestNodeOptions = {}): Promise<TestNode> {
    const node = await TestNode.create(world, options);
    await node.register();
    return node;
  }

  connect(central: Central): void {
    this.#transport?.close();
    this.#transport = createTlsTransport({
      peer: "Central",
      baseUrl: central.url,
      certificatePem: central.certificate.certificatePem,
      bearerToken: () => this.session,
      maxMessageBytes: 1 << 24,
    });
    this.calls = createClient(NodeService, this.#transport.transport);
    this.status = createClient(JobStatusService, this.#transport.transport);
    this.relay = createClient(RelayService, this.#transport.transport);
  }

  async register(certificatePem = this.certificate.certificatePem): Promise<void> {
    const answer = await this.calls.registerNode({
      info: {
        name: "test node",
        ipAddress: "127.0.0.1",
        port: this.port,
        ramTotal: this.options.ramBytes ?? 8n << 30n,
        computeScore: this.options.gigaflops ?? 20,
      },
      authenticationToken: await this.walletToken(),
      publicKey: Buffer.from(jwkBytes(await crypto.subtle.exportKey("jwk", this.wallet.keyPair.publicKey))),
      certificatePem,
    });
    this.nodeId = answer.nodeId;
    this.session = answer.sessionToken;
  }

  walletToken(): Promise<string> {
    return signWalletToken({
      wallet: this.wallet.address,
      privateKey: this.wallet.keyPair.privateKey,
      audience: CENTRAL_AUDIENCE,
      nowSeconds: Math.floor((Date.now() + this.world.skewMs) / 1_000),
    });
  }

  redeem(authToken: string): Promise<RedeemTokenResponse> {
    return this.calls.redeemToken({ nodeId: this.nodeId, authToken });
  }

  /** Says on chain and to Central that it has started. */
  async start(job: Pick<RedeemTokenResponse, "jobId" | "escrowAddress">): Promise<void> {
    await this.startOnChain(job.escrowAddress);
    await this.calls.notifyJobAccepted({ nodeId: this.nodeId, jobId: job.jobId });
  }

  /** Says on chain alone that it has started. */
  async startOnChain(escrow: string): Promise<void> {
    const { chain, platform } = this.world;
    const { nonce } = (await fetchEscrow(chain.rpc, address(escrow), { commitment: "confirmed" })).data;
    const instruction = await getStartEscrowInstructionAsync({
      node: this.wallet,
      escrow: address(escrow),
      registry: await findRegistryAddress(),
      nodeAccount: await findNodeAddress(this.wallet.address),
      registryProgram: platform.programs.nodeRegistry,
      nonce,
    });
    await sendAndConfirm(chain, { what: "Start", instructions: [instruction], feePayer: this.wallet });
  }

  /**
   * Commitments of a whole training, as a real one would give them.
   *
   * @param lateSeconds by epoch, what its time is off by
   */
  train(job: RedeemTokenResponse, epochs: number, lateSeconds: readonly bigint[] = []) {
    const initialStateHash = randomBytes(32);
    let hash = genesisHash({
      jobId: jobIdToBytes(job.jobId),
      termsHash: job.termsHash,
      datasetHash: Buffer.from(job.config?.datasetSha256 ?? "", "hex"),
      seed: job.config?.seed ?? 0n,
      initialStateHash,
    });
    const time = BigInt(Math.floor(Date.now() / 1_000));
    const links = [
      { epoch: 0, stateHash: toHex(initialStateHash), metricsHash: "", timestamp: time, checkpointHash: toHex(hash) },
    ];
    const hashes: Uint8Array[] = [];
    const metrics = (epoch: number) => ({ loss: 1 / epoch, accuracy: 1 - 1 / (epoch + 1) });
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const [stateHash, metricsHash] = [randomBytes(32), hashMetrics(metrics(epoch))];
      const timestampSeconds = time + (lateSeconds[epoch] ?? 0n);
      hash = nextHash(hash, { stateHash, metricsHash, timestampSeconds });
      hashes.push(hash);
      links.push({
        epoch,
        stateHash: toHex(stateHash),
        metricsHash: toHex(metricsHash),
        timestamp: timestampSeconds,
        checkpointHash: toHex(hash),
      });
    }
    const resultHash = randomBytes(32);
    return { links, metrics, resultHash: toHex(resultHash), root: toHex(jobRoot(hashes, resultHash)) };
  }

  /** Reports every epoch of a training. */
  async report(jobId: string, work: ReturnType<TestNode["train"]>): Promise<void> {
    const epochs = work.links.length - 1;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const commitments = epoch === 1 ? work.links.slice(0, 2) : work.links.slice(epoch, epoch + 1);
      const metrics = work.metrics(epoch);
      await this.calls.reportProgress({
        nodeId: this.nodeId,
        jobId,
        progress: epoch / epochs,
        currentEpoch: epoch,
        metrics,
        commitments,
      });
    }
  }

  async complete(jobId: string, claim: { readonly resultHash: string; readonly root: string }, signer = this.wallet) {
    const text = `cyxwiz:completion:v1:${jobId}:${claim.resultHash}:${claim.root}`;
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", signer.keyPair.privateKey, encode(text)));
    const result = { jobId, modelWeightsHash: claim.resultHash, proofOfCompute: claim.root };
    return this.calls.reportCompletion({ nodeId: this.nodeId, jobId, result, signature });
  }

  close(): void {
    this.#transport.close();
  }

  async #registerOnChain(stake: bigint): Promise<void> {
    const { wallet, world } = this;
    const { mint } = world.platform;
    const fingerprint = Buffer.from(this.certificate.fingerprintSha256, "hex");
    const register = await getRegisterInstructionAsync({
      payer: wallet,
      wallet,
      mint,
      identity: wallet.address,
      fingerprint,
      capabilitiesHash: new Uint8Array(32).fill(1),
    });
    const walletToken = await findTokenAccount({ owner: wallet.address, mint });
    const staking = stake > 0n ? [await getStakeInstructionAsync({ wallet, walletToken, amount: stake })] : [];
    const instructions = [register, ...staking];
    await sendAndConfirm(world.chain, { what: "Register", instructions, feePayer: wallet });
  }
}

function jwkBytes(jwk: JsonWebKey): Uint8Array {
  return Buffer.from(jwk.x ?? "", "base64url");
}
