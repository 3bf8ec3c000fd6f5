import { mkdir } from "node:fs/promises";
import { Command, Option } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { addCommonOptions, addDataDirOption, type CommonOptions } from "../options/common.ts";
import { host, port } from "../options/schemas.ts";
import { createOutput } from "../output/output.ts";
import { aborted, stopSignal } from "../process/stop-signal.ts";

interface LocalnetFlags extends CommonOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly rpcPort: number;
  readonly wsPort?: number;
  readonly slotMs: number;
  readonly timeControl: boolean;
}

export function localnetCommand(): Command {
  const command = new Command("localnet")
    .description("a Solana chain on this machine, with our programs on it")
    .addOption(checkedOption("--host <host>", "interface to listen on", { schema: host, default: "127.0.0.1" }))
    .addOption(
      checkedOption("--rpc-port <port>", "JSON-RPC; 0 takes a free port", {
        schema: port,
        env: "CYXWIZ_LOCALNET_RPC_PORT",
        default: 8899,
      }),
    )
    .addOption(
      checkedOption("--ws-port <port>", "subscriptions (default: the port after --rpc-port)", {
        schema: port,
        env: "CYXWIZ_LOCALNET_WS_PORT",
      }),
    )
    .addOption(
      checkedOption("--slot-ms <milliseconds>", "length of a slot", {
        schema: z.coerce.number("expected milliseconds").int().min(1, "a slot has at least 1 ms").max(60_000),
        env: "CYXWIZ_LOCALNET_SLOT_MS",
        default: 400,
      }),
    )
    .addOption(new Option("--time-control", "let clients move the chain's time").default(false));
  return addCommonOptions(addDataDirOption(command, "localnet")).action(run);
}

async function run(flags: LocalnetFlags): Promise<void> {
  const output = createOutput(flags);
  const signal = stopSignal(flags);
  const [{ startLocalnet }, { readProgramArtifacts }] = await Promise.all([
    import("@cyxwiz/localnet"),
    import("@cyxwiz/contracts"),
  ]);
  await mkdir(flags.dataDir, { recursive: true });
  const localnet = await startLocalnet({
    host: flags.host,
    rpcPort: flags.rpcPort,
    ...(flags.wsPort === undefined ? {} : { wsPort: flags.wsPort }),
    dataDir: flags.dataDir,
    slotMs: flags.slotMs,
    programs: await readProgramArtifacts(),
    timeControl: flags.timeControl,
  });
  output.tell(`Solana localnet: ${localnet.rpcUrl} and ${localnet.wsUrl}`, {
    event: "ready",
    rpcUrl: localnet.rpcUrl,
    wsUrl: localnet.wsUrl,
  });
  await aborted(signal);
  await localnet.close();
}
