import { CyxwizError } from "@cyxwiz/errors";
import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import {
  addCentralClientOptions,
  addChainOptions,
  addCommonOptions,
  addDataDirOption,
  addWalletOption,
  type CentralClientOptions,
  type ChainOptions,
  type CommonOptions,
} from "../options/common.ts";
import { readPem } from "../options/read-pem.ts";
import { amount, host, logLevel, port, positiveInteger } from "../options/schemas.ts";
import { createOutput } from "../output/output.ts";
import { aborted, stopSignal } from "../process/stop-signal.ts";

const DEFAULT_STAKE = 50n * 10n ** 9n;

interface NodeFlags extends CommonOptions, ChainOptions, CentralClientOptions {
  readonly dataDir: string;
  readonly wallet: string;
  readonly host: string;
  readonly port: number;
  readonly publicHost?: string;
  readonly publicPort?: number;
  readonly relay: boolean;
  readonly audits: boolean;
  readonly name: string;
  readonly region: string;
  readonly stake: bigint;
  readonly maxMessageMib: number;
  readonly computeScore?: number;
  readonly stateEveryEpochs: number;
  readonly stateBudgetMib: number;
  readonly maxDatasetMib: number;
  readonly auditWindowHours: number;
  readonly onStop: "resume" | "fail";
  readonly logLevel: z.infer<typeof logLevel>;
}

export function runCommand(): Command {
  const command = new Command("run")
    .description("work: register and stake what is missing, then train other people's models for tokens (the default)")
    // The default command is given what is no command; that is then the mistake, not an argument too many.
    .argument("[command]")
    .usage("[options]")
    .addOption(checkedOption("--host <host>", "interface to listen on", { schema: host, default: "127.0.0.1" }))
    .addOption(
      checkedOption("--port <port>", "0 takes a free port", { schema: port, env: "CYXWIZ_NODE_PORT", default: 50_052 }),
    )
    .addOption(
      checkedOption("--public-host <host>", "where clients reach this node (default: --host)", {
        schema: host,
        env: "CYXWIZ_NODE_PUBLIC_HOST",
      }),
    )
    .addOption(
      checkedOption("--public-port <port>", "and at which port, where a router passes another one on", {
        schema: port.min(1),
        env: "CYXWIZ_NODE_PUBLIC_PORT",
      }),
    )
    .option("--no-audits", "do not audit the work of other nodes, which Central asks for and pays")
    .option("--no-relay", "refuse connections that Central relays for clients who cannot reach this node")
    .addOption(
      checkedOption("--name <name>", "shown to others", { schema: z.string().max(100), default: "cyxwiz-node" }),
    )
    .addOption(checkedOption("--region <region>", "shown to others", { schema: z.string().max(100), default: "" }))
    .addOption(
      checkedOption("--stake <tokens>", "bring the stake on chain up to this", {
        schema: amount,
        env: "CYXWIZ_NODE_STAKE",
        default: DEFAULT_STAKE,
        defaultText: "50",
      }),
    )
    .addOption(
      checkedOption("--max-message-mib <MiB>", "largest data set taken", {
        schema: positiveInteger.max(2_000),
        default: 256,
      }),
    )
    .addOption(
      checkedOption("--compute-score <GFLOP/s>", "say this of the machine instead of measuring it at the first start", {
        schema: z.coerce.number("expected a number").positive("a score is above 0"),
        env: "CYXWIZ_NODE_COMPUTE_SCORE",
      }),
    )
    .addOption(
      checkedOption("--state-every-epochs <epochs>", "keep training states of every so many epochs, or of fewer", {
        schema: positiveInteger,
        env: "CYXWIZ_NODE_STATE_EVERY_EPOCHS",
        default: 1,
      }),
    )
    .addOption(
      checkedOption("--state-budget-mib <MiB>", "room on disk for the states of all jobs", {
        schema: positiveInteger,
        env: "CYXWIZ_NODE_STATE_BUDGET_MIB",
        default: 10_240,
      }),
    )
    .addOption(
      checkedOption("--max-dataset-mib <MiB>", "largest data set that is fetched by URI or streamed by an engine", {
        schema: positiveInteger,
        env: "CYXWIZ_NODE_MAX_DATASET_MIB",
        default: 16_384,
      }),
    )
    .addOption(
      checkedOption("--audit-window-hours <h>", "a finished job can be replayed for so long", {
        schema: positiveInteger,
        env: "CYXWIZ_NODE_AUDIT_WINDOW_HOURS",
        default: 168,
      }),
    )
    .addOption(
      checkedOption("--on-stop <what>", "a running job when the node is stopped: resume at the next start, or fail", {
        schema: z.enum(["resume", "fail"]),
        env: "CYXWIZ_NODE_ON_STOP",
        default: "resume",
      }),
    )
    .addOption(
      checkedOption("--log-level <level>", "to stderr", { schema: logLevel, env: "CYXWIZ_LOG", default: "info" }),
    );
  return addCommonOptions(
    addDataDirOption(addCentralClientOptions(addChainOptions(addWalletOption(command, "node"))), "node"),
  ).action(run);
}

async function run(unknown: string | undefined, flags: NodeFlags, command: Command): Promise<void> {
  if (unknown !== undefined) command.error(`error: unknown command '${unknown}'`);
  const output = createOutput(flags);
  const signal = stopSignal(flags);
  const { startNode } = await import("@cyxwiz/node");
  const certificatePem = await readPem(flags.centralCertificate);
  const config = {
    dataDir: flags.dataDir,
    walletPath: flags.wallet,
    central: {
      endpoint: new URL(flags.centralUrl).host,
      ...(certificatePem === undefined ? {} : { certificatePem }),
    },
    chain: { rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl },
    stakeAmount: flags.stake,
    host: flags.host,
    port: flags.port,
    ...(flags.publicHost === undefined ? {} : { advertisedHost: flags.publicHost }),
    ...(flags.publicPort === undefined ? {} : { advertisedPort: flags.publicPort }),
    relay: flags.relay,
    audits: flags.audits,
    name: flags.name,
    region: flags.region,
    maxMessageBytes: flags.maxMessageMib * 1024 * 1024,
    ...(flags.computeScore === undefined ? {} : { computeScore: flags.computeScore }),
    stateEveryEpochs: flags.stateEveryEpochs,
    stateBudgetBytes: flags.stateBudgetMib * 1024 * 1024,
    maxDatasetBytes: flags.maxDatasetMib * 1024 * 1024,
    auditWindowMs: flags.auditWindowHours * 3_600_000,
    onStop: flags.onStop,
    logLevel: flags.logLevel,
  };
  const node = await startNode(config, { signal }).catch((error: unknown) => {
    throw signal.aborted ? new CyxwizError("ABORTED", { what: "Starting the node" }, { cause: error }) : error;
  });
  output.tell(`Node ${node.nodeId} at ${node.endpoint}, wallet ${node.wallet}`, {
    event: "ready",
    endpoint: node.endpoint,
    nodeId: node.nodeId,
    wallet: node.wallet,
    certificateSha256: node.certificate.fingerprintSha256,
    computeScore: node.computeScore,
  });
  await aborted(signal);
  await node.close();
}
