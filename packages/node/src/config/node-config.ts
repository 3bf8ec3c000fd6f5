import { CyxwizError } from "@cyxwiz/errors";
import { z } from "zod";

const endpoint = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/]+):\d{1,5}$/, 'must be "host:port", without a scheme');
const address = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, "must be an address in base58");
const positive = z.int().positive();

const schema = z.strictObject({
  /** Certificates, the benchmark's result and the jobs' weights live here. */
  dataDir: z.string().min(1),
  /** Keypair file in the format of `solana-keygen`. */
  walletPath: z.string().min(1),
  central: z.strictObject({
    endpoint,
    /** Central's certificate (PEM): only this one is accepted. Without it, the system's authorities decide. */
    certificatePem: z.string().optional(),
  }),
  chain: z.strictObject({
    /** HTTP addresses of Solana RPC servers, best first. */
    rpcUrls: z.array(z.url()).min(1),
    /** Where subscriptions are. */
    wsUrl: z.url(),
    jobEscrowProgram: address.optional(),
    nodeRegistryProgram: address.optional(),
  }),
  /** What the node's stake is brought up to at start, in base units. */
  stakeAmount: z.bigint().nonnegative().default(0n),
  /** Address to listen on. */
  host: z.string().default("127.0.0.1"),
  /** 0 takes a free port. */
  port: z.int().min(0).max(65_535).default(50_052),
  /** The name or address that clients are told to connect to. Default: `host`. */
  advertisedHost: z.string().optional(),
  /** The port that clients are told to connect to, where a router passes another one on. Default: the one listened on. */
  advertisedPort: z.int().min(1).max(65_535).optional(),
  /** Whether Central may connect clients that cannot reach the node by themselves. */
  relay: z.boolean().default(true),
  /** Whether the node audits the work of others when Central asks for it, for a part of the fee. */
  audits: z.boolean().default(true),
  name: z.string().max(100).default("cyxwiz-node"),
  region: z.string().max(100).default(""),
  /** The largest message accepted, data set included, in bytes. */
  maxMessageBytes: positive.default(256 * 1024 * 1024),
  /** The largest data set that is fetched by URI or streamed by an engine, in bytes. */
  maxDatasetBytes: positive.default(16 * 1024 ** 3),
  /** Data sets that were fetched or streamed are trained on in memory up to this size, in bytes; larger ones from their file. */
  datasetMemoryBytes: z
    .int()
    .nonnegative()
    .default(256 * 1024 * 1024),
  /** For how long a data set may be on its way. */
  datasetTimeoutMs: positive.default(60 * 60 * 1000),
  /** A data set of which nothing has come for so long is given up. */
  datasetSilenceMs: positive.default(60_000),
  /** Streams of metrics open at once for one job. */
  maxSubscribers: positive.default(16),
  /** A client that connects and sends no job within this time loses its place. */
  sendJobWithinMs: positive.default(120_000),
  /** Sessions end this long after their job has. */
  sessionKeptMs: positive.default(24 * 60 * 60 * 1000),
  /** A job that was paused for so long, all in all, goes on by itself: the escrow's deadline does not wait. */
  maxPausedMs: positive.max(24 * 60 * 60 * 1000).default(30 * 60 * 1000),
  /** Full training states are kept of every so many epochs, or of fewer where storing them would take over 1% of the time. */
  stateEveryEpochs: positive.default(1),
  /** How much room on disk the states of all jobs may take, in bytes; beyond it, older ones are thinned out. */
  stateBudgetBytes: positive.default(10 * 1024 ** 3),
  /** For how long after its end a job can be replayed: its states, data set and links are kept until then. */
  auditWindowMs: positive.default(7 * 24 * 60 * 60 * 1000),
  /** What becomes of a job that runs when the node is stopped: its next start goes on with it, or it fails at once. */
  onStop: z.enum(["resume", "fail"]).default("resume"),
  /** For how long the node is kept at most for a client's next job, where the last one asked for that. */
  maxReservationMs: z
    .int()
    .nonnegative()
    .max(24 * 60 * 60 * 1000)
    .default(5 * 60 * 1000),
  /** Deadline of each call to Central. */
  callTimeoutMs: positive.default(15_000),
  /** For how long start-up tries to reach Central and the chain. */
  startTimeoutMs: positive.default(30_000),
  /** How long `close` lets calls finish and Central be told. */
  closeGraceMs: positive.default(3_000),
  /** GFLOP/s to report instead of measuring. */
  computeScore: z.number().positive().optional(),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

const ANY_ADDRESS = ["0.0.0.0", "::", "[::]"];

const checked = schema.refine(
  ({ host, advertisedHost }) => advertisedHost !== undefined || !ANY_ADDRESS.includes(host),
  {
    path: ["advertisedHost"],
    message: "is needed when the node listens on every address: clients must be told one",
  },
);

/** A node's settings as a user gives them. */
export type NodeConfig = z.input<typeof schema>;
/** The same, with every default filled in. */
export type ResolvedNodeConfig = z.output<typeof schema>;

/** Checks settings and fills in defaults. Throws CONFIG_INVALID naming each field that is wrong. */
export function parseNodeConfig(config: NodeConfig): ResolvedNodeConfig {
  const result = checked.safeParse(config);
  if (result.success) return result.data;
  const problem = result.error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");
  throw new CyxwizError("CONFIG_INVALID", { source: "the node's configuration", problem });
}
