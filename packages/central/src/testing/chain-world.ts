import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { airdrop, type Chain, createChain, findTokenAccount, mintTokens, sendAndConfirm } from "@cyxwiz/chain";
import {
  DEFAULT_PROGRAM_ADDRESSES,
  findNodeAddress,
  getRegisterInstructionAsync,
  getStakeInstructionAsync,
  readProgramArtifacts,
} from "@cyxwiz/contracts";
import { type Localnet, startLocalnet } from "@cyxwiz/localnet";
import { generateKeyPairSigner, type Instruction, type KeyPairSigner } from "@solana/kit";
import { pino } from "pino";
import { parseConfig } from "../config/central-config.ts";
import { type Connection, connect } from "../database/connect.ts";
import { nodes } from "../database/schema/index.ts";
import { type Database, startDatabase } from "../database/start-database.ts";
import { bootstrapPlatform, type PlatformAddresses } from "../platform/bootstrap-platform.ts";
import { openPlatformChain } from "../platform/open-platform-chain.ts";

const CYXWIZ = 1_000_000_000n;
const SLOT_MS = 50;

/** A node with an account in the registry and a row in the database. */
export interface RegisteredNode {
  readonly id: string;
  readonly wallet: KeyPairSigner;
  readonly account: string;
}

/** A localnet with the real programs and a real PostgreSQL: what Central's background work stands on, without Central. */
export class ChainWorld {
  /** Moves Central's clock. */
  skewMs = 0;
  readonly directory: string;
  readonly localnet: Localnet;
  readonly chain: Chain;
  readonly database: Database;
  readonly connection: Connection;
  readonly admin: KeyPairSigner;
  readonly coordinator: KeyPairSigner;
  readonly platform: PlatformAddresses;

  private constructor(
    parts: Pick<
      ChainWorld,
      "directory" | "localnet" | "chain" | "database" | "connection" | "admin" | "coordinator" | "platform"
    >,
  ) {
    this.directory = parts.directory;
    this.localnet = parts.localnet;
    this.chain = parts.chain;
    this.database = parts.database;
    this.connection = parts.connection;
    this.admin = parts.admin;
    this.coordinator = parts.coordinator;
    this.platform = parts.platform;
  }

  static async start(): Promise<ChainWorld> {
    const directory = await mkdtemp(join(tmpdir(), "cyxwiz-background-"));
    const localnet = await startLocalnet({ slotMs: SLOT_MS, programs: await readProgramArtifacts() });
    const chain = createChain({ rpcUrls: [localnet.rpcUrl], wsUrl: localnet.wsUrl });
    const [admin, coordinator] = await Promise.all([generateKeyPairSigner(), generateKeyPairSigner()]);
    const [database] = await Promise.all([
      startDatabase({ dataDir: directory }),
      airdrop(chain, { to: admin.address, amountLamports: 1_000_000_000_000n }),
      airdrop(chain, { to: coordinator.address, amountLamports: 100_000_000_000n }),
    ]);
    const connection = await connect(database.url, () => undefined);
    const platform = await bootstrapPlatform({ chain, admin, coordinator: coordinator.address });
    return new ChainWorld({ directory, localnet, chain, database, connection, admin, coordinator, platform });
  }

  /** The chain through another address, such as that of a proxy. */
  chainVia(rpcUrl: string): Chain {
    return createChain({ rpcUrls: [rpcUrl], wsUrl: this.localnet.wsUrl, timeoutMs: 2_000 });
  }

  /** What Central would hand to its background work; each call is another replica. */
  async context(options: object = {}) {
    const { connection } = this;
    const nowMs = () => Date.now() + this.skewMs;
    const needed = { dataDir: this.directory, rpcUrl: this.localnet.rpcUrl, coordinatorKeypair: "unused" };
    return {
      config: parseConfig({ ...needed, ...options }),
      log: pino({ level: process.env.CENTRAL_TEST_LOG ?? "silent" }),
      db: connection.db,
      chain: await openPlatformChain(this.chain, DEFAULT_PROGRAM_ADDRESSES, this.coordinator, nowMs),
      nowMs,
      newId: randomUUID,
      randomBytes,
      // Nobody here works on jobs.
      queue: { send: async () => undefined },
      settler: { run: async () => undefined },
    };
  }

  /** A node that is registered and staked on chain, in one transaction, and known to the database. */
  async node(stakes: readonly bigint[] = [50n]): Promise<RegisteredNode> {
    const wallet = await generateKeyPairSigner();
    await airdrop(this.chain, { to: wallet.address, amountLamports: 1_000_000_000n });
    await this.send(await this.register(wallet, stakes), wallet);
    const account = await findNodeAddress(wallet.address);
    const id = randomUUID();
    await this.connection.db.insert(nodes).values({ id, walletPubkey: wallet.address, nodeAddress: account });
    return { id, wallet, account };
  }

  /** Instructions that register a node and stake each amount for it. */
  async register(wallet: KeyPairSigner, stakes: readonly bigint[]): Promise<Instruction[]> {
    const { mint } = this.platform;
    const amount = stakes.reduce((sum, stake) => sum + stake, 0n) * CYXWIZ;
    const { chain, admin } = this;
    if (amount > 0n)
      await mintTokens(chain, { feePayer: admin, mintAuthority: admin, mint, to: wallet.address, amount });
    const walletToken = await findTokenAccount({ owner: wallet.address, mint });
    const identity = { identity: wallet.address, fingerprint: randomBytes(32), capabilitiesHash: randomBytes(32) };
    return [
      await getRegisterInstructionAsync({ payer: wallet, wallet, mint, ...identity }),
      ...(await Promise.all(
        stakes.map((stake) => getStakeInstructionAsync({ wallet, walletToken, amount: stake * CYXWIZ })),
      )),
    ];
  }

  async send(instructions: Instruction[], feePayer: KeyPairSigner): Promise<string> {
    return sendAndConfirm(this.chain, { what: "Test", instructions, feePayer, pollMs: 50 });
  }

  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.connection.pool.query(text, values)).rows as Row[];
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.localnet.close();
    await this.database.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
