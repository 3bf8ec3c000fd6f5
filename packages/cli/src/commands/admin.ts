import { createChain, loadKeypairFile } from "@cyxwiz/chain";
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
  readonly treasuryOwner?: Address;
  readonly insuranceOwner?: Address;
  readonly mint?: Address;
}

export function adminCommand(): Command {
  const admin = new Command("admin").description("set a platform up");
  const init = new Command("init")
    .description("make the token, the platform and the registry on a cluster that has the programs")
    .addOption(checkedOption("--coordinator <address>", "Central's wallet", { schema: address }).makeOptionMandatory())
    .addOption(checkedOption("--arbiter <address>", "decides disputes (default: the admin)", { schema: address }))
    .addOption(checkedOption("--treasury-owner <address>", "gets the fees (default: the admin)", { schema: address }))
    .addOption(
      checkedOption("--insurance-owner <address>", "gets slashed stake (default: the admin)", { schema: address }),
    )
    .addOption(checkedOption("--mint <address>", "an existing token (default: a new one)", { schema: address }));
  admin.addCommand(addCommonOptions(addChainOptions(addWalletOption(init, "admin"))).action(run));
  return admin;
}

async function run(flags: InitFlags): Promise<void> {
  const output = createOutput(flags);
  const signal = stopSignal(flags);
  const { initializePlatform, readPlatform } = await import("../platform/initialize-platform.ts");
  const chain = createChain({ rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl, signal });
  const existing = await readPlatform(chain);
  if (existing) {
    const { mint, treasury, coordinator } = existing;
    output.tell(`The platform is there already: mint ${mint}, coordinator ${coordinator}`, {
      event: "exists",
      mint,
      treasury,
      coordinator,
    });
    return;
  }
  const admin = await loadKeypairFile(flags.wallet);
  const made = await initializePlatform(chain, {
    admin,
    coordinator: flags.coordinator,
    treasuryOwner: flags.treasuryOwner ?? admin.address,
    ...(flags.arbiter === undefined ? {} : { arbiter: flags.arbiter }),
    ...(flags.insuranceOwner === undefined ? {} : { insuranceOwner: flags.insuranceOwner }),
    ...(flags.mint === undefined ? {} : { mint: flags.mint }),
    signal,
  });
  output.tell(`CYXWIZ is ${made.mint}; fees go to ${made.treasury}\n  tx ${made.signature}`, {
    event: "initialized",
    ...made,
  });
}
