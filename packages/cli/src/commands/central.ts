import { Command } from "commander";
import { z } from "zod";
import { type AuditFlags, addAuditOptions, auditSettings } from "../options/audit-options.ts";
import { checkedOption } from "../options/checked-option.ts";
import {
  addChainOptions,
  addCommonOptions,
  addDataDirOption,
  type ChainOptions,
  type CommonOptions,
  home,
} from "../options/common.ts";
import { host, httpsUrl, logLevel, port, positiveInteger, postgresUrl } from "../options/schemas.ts";
import { createOutput } from "../output/output.ts";
import { aborted, stopSignal } from "../process/stop-signal.ts";

interface CentralFlags extends CommonOptions, ChainOptions, AuditFlags {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly publicHost: readonly string[];
  readonly databaseUrl?: string;
  readonly coordinator: string;
  readonly arbiter?: string;
  readonly disputeMoveSeconds: number;
  readonly reservationSeconds: number;
  readonly startSeconds: number;
  readonly silenceSeconds: number;
  readonly heartbeatSeconds: number;
  readonly replicaUrl?: string;
  readonly relayConnections: number;
  readonly relayMibPerSecond: number;
  readonly relayGibPerJob: number;
  readonly jobsPerWalletPerDay: number;
  readonly unpaidSecondsPerAddress: number;
  readonly newcomersPercent: number;
  readonly requestsPerMinutePerAddress: number;
  readonly requestsPerMinutePerWallet: number;
  readonly logLevel: z.infer<typeof logLevel>;
}

export function centralCommand(): Command {
  const seconds = positiveInteger.max(86_400);
  const count = positiveInteger.max(1_000_000);
  const countOrAny = z.coerce.number("expected a whole number").int("expected a whole number").min(0).max(1_000_000);
  const command = new Command("central")
    .description("the coordinator: jobs, matching, proofs and payments")
    .addOption(checkedOption("--host <host>", "interface to listen on", { schema: host, default: "127.0.0.1" }))
    .addOption(
      checkedOption("--port <port>", "0 takes a free port", {
        schema: port,
        env: "CYXWIZ_CENTRAL_PORT",
        default: 50_051,
      }),
    )
    .option("--public-host <host...>", "names clients use for this server; go into its certificate", [])
    .addOption(
      checkedOption("--database-url <url>", "a PostgreSQL to use (default: one of its own)", {
        schema: postgresUrl,
        env: "DATABASE_URL",
      }),
    )
    .addOption(
      checkedOption("--coordinator <file>", "key file of the coordinator that the platform names", {
        schema: z.string().min(1),
        env: "CYXWIZ_COORDINATOR",
        default: `${home()}/coordinator.json`,
      }),
    )
    .addOption(
      checkedOption(
        "--arbiter <file>",
        "key file of the platform's arbiter: has disputes decided here (default: not)",
        {
          schema: z.string().min(1),
          env: "CYXWIZ_ARBITER",
        },
      ),
    )
    .addOption(
      checkedOption("--dispute-move-seconds <s>", "payer and node each have for a move of a dispute", {
        schema: seconds,
        default: 3_600,
      }),
    )
    .addOption(checkedOption("--reservation-seconds <s>", "a quote holds a node", { schema: seconds, default: 300 }))
    .addOption(checkedOption("--start-seconds <s>", "a paid job must start within", { schema: seconds, default: 600 }))
    .addOption(checkedOption("--silence-seconds <s>", "a silent node has failed", { schema: seconds, default: 120 }))
    .addOption(checkedOption("--heartbeat-seconds <s>", "nodes report every", { schema: seconds, default: 10 }))
    .addOption(checkedOption("--jobs-per-wallet-per-day <n>", "jobs in any 24 hours", { schema: count, default: 10 }))
    .addOption(
      checkedOption("--unpaid-seconds-per-address <s>", "unpaid quotes may hold nodes so long in an hour", {
        schema: count,
        default: 1_200,
      }),
    )
    .addOption(
      checkedOption("--newcomers-percent <n>", "part of the nodes that wallets new here may hold unpaid", {
        schema: positiveInteger.max(100),
        default: 66,
      }),
    )
    .addOption(
      checkedOption("--requests-per-minute-per-address <n>", "calls from one address; 0: any number", {
        schema: countOrAny,
        default: 6_000,
      }),
    )
    .addOption(
      checkedOption("--requests-per-minute-per-wallet <n>", "calls in one wallet's name; 0: any number", {
        schema: countOrAny,
        default: 3_000,
      }),
    )
    .addOption(
      checkedOption("--relay-connections <n>", "relayed at a time to nodes that cannot be reached; 0: none", {
        schema: z.coerce.number().int().min(0).max(100_000),
        default: 500,
      }),
    )
    .addOption(
      checkedOption("--relay-mib-per-second <MiB>", "relayed for each job", {
        schema: positiveInteger.max(100_000),
        default: 16,
      }),
    )
    .addOption(
      checkedOption("--relay-gib-per-job <GiB>", "relayed in all", {
        schema: positiveInteger.max(100_000),
        default: 20,
      }),
    )
    .addOption(
      checkedOption("--replica-url <url>", "where nodes reach this one of several Centrals on one database", {
        schema: httpsUrl,
      }),
    )
    .addOption(
      checkedOption("--log-level <level>", "to stderr", { schema: logLevel, env: "CYXWIZ_LOG", default: "info" }),
    );
  return addCommonOptions(addDataDirOption(addChainOptions(addAuditOptions(command)), "central")).action(run);
}

async function run(flags: CentralFlags): Promise<void> {
  const output = createOutput(flags);
  const signal = stopSignal(flags);
  const { startCentral } = await import("@cyxwiz/central");
  const central = await startCentral({
    host: flags.host,
    port: flags.port,
    publicHosts: [...flags.publicHost],
    dataDir: flags.dataDir,
    ...(flags.databaseUrl === undefined ? {} : { databaseUrl: flags.databaseUrl }),
    rpcUrl: flags.rpcUrl,
    wsUrl: flags.wsUrl,
    coordinatorKeypair: flags.coordinator,
    ...(flags.arbiter === undefined ? {} : { arbiterKeypair: flags.arbiter }),
    disputeMoveSeconds: flags.disputeMoveSeconds,
    reservationSeconds: flags.reservationSeconds,
    startSeconds: flags.startSeconds,
    silenceSeconds: flags.silenceSeconds,
    heartbeatSeconds: flags.heartbeatSeconds,
    ...(flags.replicaUrl === undefined ? {} : { replicaUrl: flags.replicaUrl }),
    relayConnections: flags.relayConnections,
    relayBytesPerSecond: flags.relayMibPerSecond * 1024 ** 2,
    relayBytesPerJob: flags.relayGibPerJob * 1024 ** 3,
    ...auditSettings(flags),
    jobsPerWalletPerDay: flags.jobsPerWalletPerDay,
    unpaidSecondsPerAddress: flags.unpaidSecondsPerAddress,
    newcomersPercent: flags.newcomersPercent,
    requestsPerMinutePerAddress: flags.requestsPerMinutePerAddress,
    requestsPerMinutePerWallet: flags.requestsPerMinutePerWallet,
    logLevel: flags.logLevel,
  });
  output.tell(`Central: ${central.url}`, {
    event: "ready",
    url: central.url,
    certificatePem: central.certificate.certificatePem,
  });
  await aborted(signal);
  await central.close();
}
