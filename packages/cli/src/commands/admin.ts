import type { Address } from "@solana/kit";
import { Command } from "commander";
import { checkedOption } from "../options/checked-option.ts";
import {
  addChainOptions,
  addCommonOptions,
  addWalletOption,
  type ChainOptions,
  type CommonOptions,
} from "../options/common.ts";
import { address } from "../options/schemas.ts";
import { createOutput } from "../output/output.ts";
import { stopSignal } from "../process/stop-signal.ts";

interface InitFlags extends CommonOptions, ChainOptions {
  readonly wallet: string;
  readonly coordinator: Address;
  readonly arbiter?: Address;
  readonly mint?: Address;
}

export function adminCommand(): Command {
  const admin = new Command("admin").description("set a platform up");
  const init = new Command("init")
    .description("make the token, the platform and the registry on a cluster that has the programs; safe to repeat")
    .addOption(checkedOption("--coordinator <address>", "Central's wallet", { schema: address }).makeOptionMandatory())
    .addOption(checkedOption("--arbiter <address>", "decides disputes (default: the admin)", { schema: address }))
    .addOption(checkedOption("--mint <address>", "an existing token (default: a new one)", { schema: address }));
  admin.addCommand(addCommonOptions(addChainOptions(addWalletOption(init, "admin"))).action(run));
  return admin;
}

async function run(flags: InitFlags): Promise<void> {
  const output = createOutput(flags);
  const signal = stopSignal(flags);
  const [{ bootstrapPlatform }, { createChain, loadKeypairFile }] = await Promise.all([
    import("@cyxwiz/central"),
    import("@cyxwiz/chain"),
  ]);
  const { coordinator, arbiter, mint } = flags;
  const made = await bootstrapPlatform({
    chain: createChain({ rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl, signal }),
    admin: await loadKeypairFile(flags.wallet),
    coordinator,
    ...(arbiter === undefined ? {} : { arbiter }),
    ...(mint === undefined ? {} : { mint }),
  });
  output.tell(`CYXWIZ is ${made.mint}; fees go to ${made.treasury}`, { event: "initialized", coordinator, ...made });
}
