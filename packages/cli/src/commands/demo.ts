import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { addCommonOptions, type CommonOptions } from "../options/common.ts";
import { httpUrl, postgresUrl, wsUrl } from "../options/schemas.ts";
import { EXIT } from "../output/exit-code.ts";
import { toJson } from "../output/to-json.ts";
import { stopSignal } from "../process/stop-signal.ts";

interface DemoFlags extends CommonOptions {
  readonly dataDir?: string;
  readonly job?: string;
  readonly slotMs: number;
  readonly rpcUrl?: string;
  readonly wsUrl?: string;
  readonly databaseUrl?: string;
}

export function demoCommand(): Command {
  const command = new Command("demo")
    .description("all of it on this machine: a chain, Central, a node, and one paid training job on MNIST")
    .addOption(
      checkedOption("--data-dir <directory>", "keep everything here (default: a new temporary one)", {
        schema: z.string().min(1),
      }),
    )
    .addOption(
      checkedOption("--job <JOB.json>", "train this (default: examples/mnist-mlp.json)", { schema: z.string().min(1) }),
    )
    .addOption(
      checkedOption("--slot-ms <milliseconds>", "length of the localnet's slots", {
        schema: z.coerce.number("expected milliseconds").int().min(10).max(10_000),
        default: 200,
      }),
    )
    .addOption(
      checkedOption("--rpc-url <url>", "use this cluster, with our programs and a faucet", {
        schema: httpUrl,
        env: "CYXWIZ_RPC_URL",
      }),
    )
    .addOption(checkedOption("--ws-url <url>", "its subscriptions", { schema: wsUrl, env: "CYXWIZ_WS_URL" }))
    .addOption(
      checkedOption("--database-url <url>", "use this PostgreSQL", { schema: postgresUrl, env: "DATABASE_URL" }),
    );
  return addCommonOptions(command).action(run);
}

async function run(flags: DemoFlags, command: Command): Promise<void> {
  if ((flags.rpcUrl === undefined) !== (flags.wsUrl === undefined)) {
    command.error("error: --rpc-url and --ws-url (CYXWIZ_RPC_URL and CYXWIZ_WS_URL) come together");
  }
  const signal = stopSignal({ exitWithParent: flags.exitWithParent, watchParentProcess: true });
  const [{ runDemo }, { showReport }, { createStepPrinter }] = await Promise.all([
    import("../demo/run-demo.ts"),
    import("../demo/show-report.ts"),
    import("../output/step-printer.ts"),
  ]);
  // A script gets the one object at the end; what a person would watch goes to stderr.
  const printer = createStepPrinter(flags.json ? process.stderr : process.stdout);
  const { dataDir, job, slotMs, rpcUrl, wsUrl, databaseUrl } = flags;
  const report = await runDemo({ dataDir, job, slotMs, rpcUrl, wsUrl, databaseUrl, signal }, printer);
  showReport(printer, report);
  if (flags.json) {
    const { stopwatch, ...rest } = report;
    process.stdout.write(`${toJson({ event: "result", ...rest, laps: stopwatch.laps, totalMs: stopwatch.totalMs })}\n`);
  }
  if (report.discrepancies.length > 0) process.exitCode = EXIT.failure;
}
