import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createTlsTransport, type JobConfig, JobExecutionService, type TrainingUpdate } from "@cyxwiz/protocol";
import { pino } from "pino";
import type { EscrowOnChain } from "../chain/node-chain.ts";
import type { NodeConfig } from "../config/node-config.ts";
import type { AddressPolicy } from "../data/public-address.ts";
import { SESSION_TOKEN_HEADER } from "../index.ts";
import { type RunningNode, startNode } from "../start-node.ts";
import { CentralPeer } from "./central-peer.ts";
import { ChainPeer, PAYER } from "./chain-peer.ts";
import { dataset, jobConfig, modelDefinition } from "./jobs.ts";

/** A running node with the peers it talks to, and what a client needs to talk to it. */
export class Fixture {
  readonly #cleanups: (() => unknown)[] = [];
  #overrides: Partial<NodeConfig> = {};
  #mayFetchFrom: AddressPolicy | undefined;
  readonly chain = new ChainPeer();
  readonly log: string[] = [];
  dataDir = "";
  central!: CentralPeer;
  node!: RunningNode;
  /** Added to the node's clock. */
  aheadMs = 0;

  static async start(overrides: Partial<NodeConfig> = {}, mayFetchFrom?: AddressPolicy): Promise<Fixture> {
    const fixture = new Fixture();
    fixture.#mayFetchFrom = mayFetchFrom;
    await fixture.#start(overrides);
    return fixture;
  }

  async #start(overrides: Partial<NodeConfig>): Promise<void> {
    this.dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-node-"));
    this.#cleanups.push(() => rm(this.dataDir, { recursive: true }));
    this.central = await CentralPeer.start(this.dataDir);
    this.#cleanups.push(() => this.central.close());
    const walletPath = join(this.dataDir, "wallet.json");
    await writeFile(walletPath, JSON.stringify(await newWallet()));
    this.#overrides = overrides;
    await this.restart();
    this.#cleanups.push(() => this.node.close());
  }

  /** The node once more, with the same data directory, after it was closed. */
  async restart(): Promise<void> {
    this.node = await startNode(
      {
        dataDir: this.dataDir,
        walletPath: join(this.dataDir, "wallet.json"),
        port: 0,
        central: { endpoint: this.central.endpoint, certificatePem: this.central.certificatePem },
        chain: { rpcUrls: ["http://127.0.0.1:1"], wsUrl: "ws://127.0.0.1:1" },
        stakeAmount: 100n,
        computeScore: 10,
        closeGraceMs: 500,
        callTimeoutMs: 5_000,
        ...this.#overrides,
      },
      {
        chain: this.chain,
        ...(this.#mayFetchFrom && { mayFetchFrom: this.#mayFetchFrom }),
        backoff: { firstMs: 5, maxMs: 50 },
        environment: { nowMs: () => Date.now() + this.aheadMs, randomToken: () => crypto.randomUUID() },
        log: pino({ level: "trace" }, { write: (line: string) => void this.log.push(line) }),
      },
    );
  }

  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
  }

  /** A job that Central offers and whose escrow is locked. */
  async offer(
    options: { config?: Partial<JobConfig>; bytes?: Uint8Array; escrow?: Partial<EscrowOnChain>; payer?: string } = {},
  ) {
    const jobId = crypto.randomUUID();
    const bytes = options.bytes ?? dataset();
    const config = await jobConfig(jobId, bytes, options.config);
    const payer = options.payer ?? PAYER;
    const escrow = this.chain.lock(this.node.wallet, config, { payer, ...options.escrow });
    this.central.offer(jobId, { config, escrow, payer, amount: 500n });
    return { jobId, config, bytes, token: await this.central.token(jobId) };
  }

  /** A gRPC client on a connection of its own. */
  client(bearerToken?: string) {
    const { transport, close } = createTlsTransport({
      peer: "the node",
      baseUrl: `https://${this.node.endpoint}`,
      certificatePem: this.node.certificate.certificatePem,
      bearerToken: () => bearerToken,
      defaultTimeoutMs: 60_000,
      maxMessageBytes: 16 << 20,
    });
    this.#cleanups.push(close);
    return Object.assign(createClient(JobExecutionService, transport), { hangUp: close });
  }

  /** Connects, and gives the session token with a client that stays on that connection without one. */
  async connect(jobId: string, authToken: string) {
    const client = this.client();
    let sessionToken = "";
    await client.connectToNode(
      { authToken, jobId },
      {
        onHeader: (headers) => {
          sessionToken = headers.get(SESSION_TOKEN_HEADER) ?? "";
        },
      },
    );
    return { client, sessionToken };
  }

  /** A job from the offer to the acceptance. */
  async submit(options: Parameters<Fixture["offer"]>[0] = {}) {
    const job = await this.offer(options);
    const connected = await this.connect(job.jobId, job.token);
    await connected.client.sendJob({ jobId: job.jobId, config: job.config, initialDataset: job.bytes });
    return { ...job, ...connected };
  }
}

/** A job that goes on until somebody stops it. */
export function endlessJob() {
  const config = { epochs: 10_000, datasetSamples: 8_000n, modelDefinition: modelDefinition({ epochs: 10_000 }) };
  return { bytes: dataset({ samples: 8_000 }), config };
}

/** A stream of commands that stays open until the signal ends it. */
export async function* openEnded<T>(signal: AbortSignal, ...commands: T[]): AsyncGenerator<T> {
  yield* commands;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** A client's updates after a number. They end when the loop over them is left. */
export async function* updatesAfter(client: ReturnType<Fixture["client"]>, after: bigint) {
  const abort = new AbortController();
  const headers = { "cyxwiz-after-sequence": String(after) };
  try {
    yield* client.streamTrainingMetrics(openEnded(abort.signal), { headers, signal: abort.signal });
  } finally {
    abort.abort();
  }
}

/** Everything a stream of updates says until it ends. */
export async function collect(
  client: ReturnType<Fixture["client"]>,
  ...commands: Parameters<typeof client.streamTrainingMetrics>[0] extends AsyncIterable<infer C> ? C[] : never
): Promise<TrainingUpdate[]> {
  const abort = new AbortController();
  const updates: TrainingUpdate[] = [];
  try {
    for await (const update of client.streamTrainingMetrics(openEnded(abort.signal, ...commands), {
      signal: abort.signal,
    })) {
      updates.push(update);
    }
  } finally {
    abort.abort();
  }
  return updates;
}

async function newWallet(): Promise<number[]> {
  const { privateKey } = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const jwk = await crypto.subtle.exportKey("jwk", privateKey);
  return [...Buffer.from(jwk.d ?? "", "base64url"), ...Buffer.from(jwk.x ?? "", "base64url")];
}
