import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  airdrop,
  type Chain,
  createChain,
  createKeypairFile,
  mintTokens,
  tokenAccountBalance,
  tokenBalance,
} from "@cyxwiz/chain";
import { readProgramArtifacts } from "@cyxwiz/contracts";
import { type Localnet, startLocalnet } from "@cyxwiz/localnet";
import { type Address, generateKeyPairSigner, type KeyPairSigner } from "@solana/kit";
import pg from "pg";
import { pino } from "pino";
import type { CentralOptions } from "../config/central-config.ts";
import { type Database, startDatabase } from "../database/start-database.ts";
import { type BootstrapOptions, bootstrapPlatform, type PlatformAddresses } from "../platform/bootstrap-platform.ts";
import { type Central, startCentral } from "../start-central.ts";

export const CYXWIZ = 1_000_000_000n;
const SOL = 1_000_000_000n;
const SLOT_MS = 50;

/** For tests in which one node fails again and again, and is to be neither suspended nor out of stake. */
export const FORGIVING = { registryParameters: { failureWindowSeconds: 0n, slashTimeoutBps: 100 } };

/** A localnet with the real programs, a real PostgreSQL, and Central on them. */
export class TestWorld {
  /** Moves Central's clock. */
  skewMs = 0;
  readonly directory: string;
  readonly localnet: Localnet;
  readonly chain: Chain;
  readonly database: Database;
  readonly admin: KeyPairSigner;
  /** Its key file; the admin is the arbiter as well. */
  readonly adminPath: string;
  readonly coordinatorPath: string;
  readonly platform: PlatformAddresses;
  central: Central;

  private constructor(
    parts: Pick<
      TestWorld,
      "directory" | "localnet" | "chain" | "database" | "admin" | "adminPath" | "coordinatorPath" | "platform"
    >,
  ) {
    this.directory = parts.directory;
    this.localnet = parts.localnet;
    this.chain = parts.chain;
    this.database = parts.database;
    this.admin = parts.admin;
    this.adminPath = parts.adminPath;
    this.coordinatorPath = parts.coordinatorPath;
    this.platform = parts.platform;
    this.central = undefined as unknown as Central;
  }

  static async start(
    options: Partial<CentralOptions> = {},
    parameters: Pick<BootstrapOptions, "platformParameters" | "registryParameters"> = {},
  ): Promise<TestWorld> {
    const directory = await mkdtemp(join(tmpdir(), "cyxwiz-central-"));
    const programs = await readProgramArtifacts();
    const localnet = await startLocalnet({ slotMs: SLOT_MS, timeControl: true, programs });
    const chain = createChain({ rpcUrls: [localnet.rpcUrl], wsUrl: localnet.wsUrl });
    const adminPath = join(directory, "admin.json");
    const admin = await createKeypairFile(adminPath);
    const coordinatorPath = join(directory, "coordinator.json");
    const coordinator = await createKeypairFile(coordinatorPath);
    const [database] = await Promise.all([
      startDatabase({ dataDir: join(directory, "database") }),
      airdrop(chain, { to: admin.address, amountLamports: 1_000n * SOL }),
      airdrop(chain, { to: coordinator.address, amountLamports: 100n * SOL }),
    ]);
    const platform = await bootstrapPlatform({ chain, admin, coordinator: coordinator.address, ...parameters });
    const world = new TestWorld({ directory, localnet, chain, database, admin, adminPath, coordinatorPath, platform });
    world.central = await world.startCentral(options);
    return world;
  }

  /** Options for one more Central on the same database and chain. */
  centralOptions(options: Partial<CentralOptions> = {}): CentralOptions {
    return {
      port: 0,
      dataDir: join(this.directory, "central"),
      databaseUrl: this.database.url,
      rpcUrl: this.localnet.rpcUrl,
      wsUrl: this.localnet.wsUrl,
      coordinatorKeypair: this.coordinatorPath,
      // What test nodes say that they have trained is made up.
      audits: false,
      ...options,
    };
  }

  startCentral(options: Partial<CentralOptions> = {}): Promise<Central> {
    const log = pino({ level: process.env.CENTRAL_TEST_LOG ?? "silent" });
    return startCentral(this.centralOptions(options), { nowMs: () => Date.now() + this.skewMs, log });
  }

  /** A wallet with SOL and CYXWIZ. */
  async wallet(cyxwiz: bigint): Promise<KeyPairSigner> {
    const wallet = await generateKeyPairSigner();
    const { chain, admin, platform } = this;
    await airdrop(chain, { to: wallet.address, amountLamports: 10n * SOL });
    await mintTokens(chain, {
      feePayer: admin,
      mintAuthority: admin,
      mint: platform.mint,
      to: wallet.address,
      amount: cyxwiz * CYXWIZ,
    });
    return wallet;
  }

  /** Lets time pass on the chain; Central's clock is `skewMs`. */
  async advanceChain(seconds: number): Promise<void> {
    const call = { jsonrpc: "2.0", id: 1, method: "cyxwiz_advanceTime", params: [{ seconds }] };
    const headers = { "content-type": "application/json" };
    await fetch(this.localnet.rpcUrl, { method: "POST", headers, body: JSON.stringify(call) });
    await this.localnet.advanceSlots(2);
  }

  balance(owner: Address): Promise<bigint> {
    return tokenBalance(this.chain, { owner, mint: this.platform.mint });
  }

  treasury(): Promise<bigint> {
    return tokenAccountBalance(this.chain, this.platform.treasury);
  }

  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.database.url });
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    await this.central.close();
    await this.localnet.close();
    await this.database.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
