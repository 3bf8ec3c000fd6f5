import { bootstrapPlatform } from "@cyxwiz/central/platform";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { checkedOption } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";

interface InitFlags {
  readonly coordinator: Address;
  readonly arbiter?: Address;
  readonly mint?: Address;
}

export function initCommand(): Command {
  const command = new Command("init")
    .description("make the token, the platform and the registry on a cluster that has the programs; safe to repeat")
    .addOption(checkedOption("--coordinator <address>", "Central's wallet", { schema: address }).makeOptionMandatory())
    .addOption(checkedOption("--arbiter <address>", "decides disputes (default: the admin)", { schema: address }))
    .addOption(checkedOption("--mint <address>", "an existing token (default: a new one)", { schema: address }));
  return withWallet<InitFlags>(command, "admin", async ({ chain, wallet: admin, output }, flags) => {
    const { coordinator, arbiter, mint } = flags;
    const made = await bootstrapPlatform({
      chain,
      admin,
      coordinator,
      ...(arbiter === undefined ? {} : { arbiter }),
      ...(mint === undefined ? {} : { mint }),
    });
    output.tell(`CYXWIZ is ${made.mint}; fees go to ${made.treasury}`, { event: "initialized", coordinator, ...made });
  });
}
