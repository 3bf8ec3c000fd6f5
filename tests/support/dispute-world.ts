import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@connectrpc/connect";
import { type Central, startCentral, startDatabase } from "@cyxwiz/central";
import { bootstrapPlatform } from "@cyxwiz/central/platform";
import { airdrop, type Chain, createChain, createKeypairFile, mintTokens, tokenBalance } from "@cyxwiz/chain";
import {
  BASE_UNITS_PER_CYXWIZ,
  fetchEscrow,
  fetchNode,
  findNodeAddress,
  readProgramArtifacts,
} from "@cyxwiz/contracts";
import { createEngine, type Engine } from "@cyxwiz/engine";
import { startLocalnet } from "@cyxwiz/localnet";
import { type RunningNode, startNode } from "@cyxwiz/node";
import { createTlsTransport, ProofService } from "@cyxwiz/protocol";
import { type Address, address, type KeyPairSigner } from "@solana/kit";
import { spawnPiece } from "cyxwiz/testing";
import { pino } from "pino";
import type { Lie } from "./lying-node.ts";

const PRELOAD = fileURLToPath(new URL("lying-node.ts", import.meta.url));
const LAUNCHER = fileURLToPath(new URL("../../packages/cli/bin/cyxwiz.js", import.meta.url));
const SOL = 1_000_000_000n;
const FUNDS = 1_000n * BASE_UNITS_PER_CYXWIZ;
const STAKE = 100n * BASE_UNITS_PER_CYXWIZ;
/** On chain; what takes days otherwise, and nothing but the clock of the chain decides. */
const WINDOW_SECONDS = 1n;

/** Chain, Central with the arbiter's key, a payer, and nodes one after the other. */
export class DisputeWorld {
  readonly #cleanups = new AsyncDisposableStack();
  directory = "";
  chain!: Chain;
  central!: Central;
  payer!: KeyPairSigner;
  engine!: Engine;
  #payerPath = "";
  #mint!: Address;
  #fund!: (name: string) => Promise<{ path: string; signer: KeyPairSigner }>;
  #localnet!: Awaited<ReturnType<typeof startLocalnet>>;

  static async start(): Promise<DisputeWorld> {
    const world = new DisputeWorld();
    await world.#start();
    return world;
  }

  async #start(): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), "cyxwiz-dispute-"));
    this.#cleanups.defer(() => rm(this.directory, { recursive: true, force: true }));
    const database = startDatabase({ dataDir: join(this.directory, "database") });
    this.#localnet = await startLocalnet({ slotMs: 50, timeControl: true, programs: await readProgramArtifacts() });
    this.#cleanups.defer(() => this.#localnet.close());
    this.chain = createChain({ rpcUrls: [this.#localnet.rpcUrl], wsUrl: this.#localnet.wsUrl });
    const key = async (name: string) => {
      const path = join(this.directory, `${name}.json`);
      const signer = await createKeypairFile(path);
      await airdrop(this.chain, { to: signer.address, amountLamports: 100n * SOL });
      return { path, signer };
    };
    const [admin, coordinator] = await Promise.all([key("admin"), key("coordinator")]);
    const { mint } = await bootstrapPlatform({
      ...{ chain: this.chain, admin: admin.signer, coordinator: coordinator.signer.address },
      platformParameters: { evidenceWindowSeconds: WINDOW_SECONDS, appealWindowSeconds: WINDOW_SECONDS },
    });
    this.#mint = mint;
    this.#fund = async (name) => {
      const wallet = await key(name);
      const by = { feePayer: admin.signer, mintAuthority: admin.signer, mint };
      await mintTokens(this.chain, { ...by, to: wallet.signer.address, amount: FUNDS });
      return wallet;
    };
    const { url: databaseUrl, close } = await database;
    this.#cleanups.defer(close);
    this.central = await startCentral(
      {
        ...{ port: 0, dataDir: join(this.directory, "central"), databaseUrl, audits: false },
        ...{ rpcUrl: this.#localnet.rpcUrl, wsUrl: this.#localnet.wsUrl },
        ...{ coordinatorKeypair: coordinator.path, arbiterKeypair: admin.path },
        ...{ heartbeatSeconds: 1, reputationIntervalSeconds: 1, disputeMoveSeconds: 60, paymentWaitSeconds: 0 },
      },
      { log: pino({ level: process.env.CENTRAL_TEST_LOG ?? "silent" }) },
    );
    this.#cleanups.defer(() => this.central.close());
    const payer = await this.#fund("payer");
    this.payer = payer.signer;
    this.#payerPath = payer.path;
    this.engine = createEngine({
      central: { url: this.central.url, certificatePem: this.central.certificate.certificatePem },
      ...{ chain: this.chain, wallet: payer.signer, dataDir: join(this.directory, "engine") },
    });
    this.#cleanups.defer(() => this.engine.close());
  }

  /** Runs `cyxwiz <args> --json` as the payer, to its end. */
  async cli(...args: readonly string[]) {
    const environment = { ...process.env, ...this.#environment, CYXWIZ_WALLET: this.#payerPath };
    const dataDir = join(this.directory, "cli");
    return new Promise<{ code: number; events: readonly Record<string, unknown>[] }>((resolve) => {
      const command = [LAUNCHER, ...args, "--json", "--data-dir", dataDir];
      execFile(process.execPath, command, { env: environment }, (error, stdout) => {
        const lines = stdout.split("\n").filter((line) => line !== "");
        resolve({ code: error ? Number(error.code) : 0, events: lines.map((line) => JSON.parse(line)) });
      });
    });
  }

  get #environment() {
    return {
      CYXWIZ_RPC_URL: this.#localnet.rpcUrl,
      CYXWIZ_WS_URL: this.#localnet.wsUrl,
      CYXWIZ_CENTRAL_URL: this.central.url,
      CYXWIZ_CENTRAL_CERTIFICATE: join(this.directory, "central", "tls-certificate.pem"),
    };
  }

  /** A node whose process lies. */
  async startLyingNode(name: string, lie: Lie) {
    const liePath = join(this.directory, `${name}.lie`);
    await writeFile(liePath, lie);
    const wallet = await this.#fund(name);
    const where = [
      "--data-dir",
      join(this.directory, name),
      "--wallet",
      wallet.path,
      "--port",
      "0",
      "--name",
      name,
      "--compute-score",
      "10",
    ];
    const piece = await spawnPiece({
      ...{ name, args: ["node", ...where], logFile: join(this.directory, `${name}.log`) },
      env: {
        CYXWIZ_TEST_LIE: liePath,
        NODE_OPTIONS: `--import ${PRELOAD}`,
        ...this.#environment,
      },
    });
    this.#cleanups.defer(() => piece.stop().then(() => undefined));
    return { wallet: wallet.signer.address, stop: () => piece.stop() };
  }

  /** An honest one. */
  async startHonestNode(name: string): Promise<RunningNode> {
    const wallet = await this.#fund(name);
    const { port, certificate } = this.central;
    const node = await startNode(
      {
        ...{ dataDir: join(this.directory, name), walletPath: wallet.path, port: 0, stakeAmount: STAKE, name },
        central: { endpoint: `127.0.0.1:${port}`, certificatePem: certificate.certificatePem },
        chain: { rpcUrls: [this.#localnet.rpcUrl], wsUrl: this.#localnet.wsUrl },
        computeScore: 10,
        // Of a disputed epoch it has to train the state before again.
        stateEveryEpochs: 100,
      },
      { log: pino({ level: "silent" }) },
    );
    this.#cleanups.defer(() => node.close());
    return node;
  }

  /** What a job's node has published. */
  async links(jobId: string) {
    const { url: baseUrl, certificate } = this.central;
    const at = { peer: "Central", baseUrl, certificatePem: certificate.certificatePem, maxMessageBytes: 1 << 24 };
    const { transport, close } = createTlsTransport(at);
    try {
      return await createClient(ProofService, transport).listLinks({ jobId });
    } finally {
      close();
    }
  }

  balance(owner: Address): Promise<bigint> {
    return tokenBalance(this.chain, { owner, mint: this.#mint });
  }

  async escrow(escrowAddress: string) {
    return (await fetchEscrow(this.chain.rpc, address(escrowAddress), { commitment: "confirmed" })).data;
  }

  async node(wallet: string) {
    return (await fetchNode(this.chain.rpc, await findNodeAddress(address(wallet)), { commitment: "confirmed" })).data;
  }

  close(): Promise<void> {
    return this.#cleanups.disposeAsync();
  }
}
