import { CyxwizError } from "@cyxwiz/errors";
import { z } from "zod";
import { auditOptions } from "./audit-config.ts";

const seconds = (fallback: number) => z.number().int().min(1).max(86_400).default(fallback);
const address = z
  .string()
  .regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, "must be a base58 address")
  .optional();

/** What `record_outcomes` has room for in a transaction. */
const MAX_OUTCOMES = 200;

const schema = z.strictObject({
  /** The interface to listen on. */
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes a free port. */
  port: z.number().int().min(0).max(65_535).default(50_051),
  /** Names and addresses that clients use for this server; go into its certificate. */
  publicHosts: z.array(z.string().min(1)).default([]),
  /** Certificate, token key and, unless `databaseUrl` is set, the database. */
  dataDir: z.string().min(1),
  /** A PostgreSQL to use; without it one is started in `dataDir`. */
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must begin with postgresql://")
    .optional(),
  rpcUrl: z.url({ protocol: /^https?$/ }),
  wsUrl: z.url({ protocol: /^wss?$/ }).optional(),
  /** A keypair file (JSON array of 64 bytes): the key that the platform account names as its coordinator. */
  coordinatorKeypair: z.string().min(1),
  /**
   * The key that the platform account names as its arbiter, if this Central is to decide disputes by what it finds. Without
   * it, its verdicts are public and somebody else decides.
   */
  arbiterKeypair: z.string().min(1).optional(),
  /** How long payer and node each have for a move of a dispute; silence loses. */
  disputeMoveSeconds: seconds(3_600),
  jobEscrowProgram: address,
  nodeRegistryProgram: address,
  reputationManagerProgram: address,
  /** How long a node is held for a quote. */
  reservationSeconds: seconds(300),
  /** How long after the escrow is confirmed the node must have taken the job. */
  startSeconds: seconds(600),
  /** A node silent for longer has failed its job. */
  silenceSeconds: seconds(120),
  heartbeatSeconds: seconds(10),
  /** How long ReportCompletion waits for the payment before it answers "pending". */
  paymentWaitSeconds: z.number().int().min(0).max(60).default(10),
  /** From quote to the escrow's own deadline on chain. */
  escrowDeadlineSeconds: z
    .number()
    .int()
    .min(60)
    .max(365 * 86_400)
    .default(7 * 86_400),
  /** How long what a job needs on chain waits for what others need, to share a transaction; 0: not at all. */
  settlementBatchMs: z.number().int().min(0).max(10_000).default(150),
  /** After how many epochs each the root over a running job's checkpoints goes on chain. */
  anchorEveryEpochs: z.number().int().min(1).max(1_000_000).default(50),
  /** Whether finished work is audited before it is paid; to believe all proofs is for markets of one's own nodes alone. */
  audits: z.boolean().default(true),
  ...auditOptions,
  /** Jobs of one node that it has finished and whose pay is not decided; with so many it gets no further one. */
  undecidedJobsPerNode: z.number().int().min(1).max(1_000).default(4),
  /** So many outcomes of jobs go to the nodes' reputation on chain in one transaction. */
  reputationBatchSize: z.number().int().min(1).max(MAX_OUTCOMES).default(100),
  /** Fewer go there when the oldest has waited for so long. */
  reputationIntervalSeconds: seconds(3_600),
  /** How often the chain is asked what happened there; a subscription makes it sooner. */
  eventPollSeconds: seconds(10),
  /** Where nodes reach this replica itself; only needed where several replicas share a database. */
  replicaUrl: z.url({ protocol: /^https$/ }).optional(),
  /** Connections relayed at a time, in all; 0 relays nothing. */
  relayConnections: z.number().int().min(0).max(100_000).default(500),
  relayConnectionsPerJob: z.number().int().min(1).max(1_000).default(16),
  /** What may be relayed for one job, both directions together. */
  relayBytesPerJob: z
    .number()
    .int()
    .min(1)
    .default(20 * 1024 ** 3),
  /** How fast it is relayed, over all of a job's connections. */
  relayBytesPerSecond: z
    .number()
    .int()
    .min(1_024)
    .default(16 * 1024 ** 2),
  /** A relayed connection over which nothing passes for so long is closed. */
  relayIdleSeconds: seconds(300),
  /** How long a node may take to answer when somebody wants to be connected to it. */
  relayAnswerSeconds: seconds(10),
  /** Jobs that one wallet may submit in any 24 hours. */
  jobsPerWalletPerDay: z.number().int().min(1).max(1_000_000).default(10),
  /**
   * How long quotes that are not paid may hold nodes in an hour, all those from one address together. Wallets that
   * have paid for a job before, and prove that they are them, are free of it.
   */
  unpaidSecondsPerAddress: z.number().int().min(1).max(1_000_000).default(1_200),
  /** Of the nodes online, what part wallets that have not paid before may hold with quotes, all of them together. */
  newcomersPercent: z.number().int().min(1).max(100).default(66),
  /** Calls a minute from one address; dear ones count several times. 0: any number, for a proxy that limits itself. */
  requestsPerMinutePerAddress: z.number().int().min(0).max(1_000_000).default(6_000),
  /** Calls a minute in the name of one wallet, engine or node. 0: any number. */
  requestsPerMinutePerWallet: z.number().int().min(0).max(1_000_000).default(3_000),
  /** Jobs that were deleted, or ended without an escrow, are forgotten after this. */
  forgetAfterDays: z.number().int().min(10).max(3_650).default(30),
  maxMessageBytes: z
    .number()
    .int()
    .min(65_536)
    .default(16 * 1024 * 1024),
  logLevel: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

/** What `startCentral` takes; only `dataDir`, `rpcUrl` and `coordinatorKeypair` have no default. */
export type CentralOptions = z.input<typeof schema>;
/** Central's options with every default filled in. */
export type CentralConfig = z.output<typeof schema>;

/** Checks a configuration and fills in defaults. Throws CONFIG_INVALID naming every problem. */
export function parseConfig(options: unknown): CentralConfig {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const problem = result.error.issues
    .map((issue) => `${issue.path.join(".") || "options"}: ${issue.message}`)
    .join("; ");
  throw new CyxwizError("CONFIG_INVALID", { source: "central", problem });
}
