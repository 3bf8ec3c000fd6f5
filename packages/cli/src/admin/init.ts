import { bootstrapPlatform } from "@cyxwiz/central/platform";
import type { Platform } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { Address, KeyPairSigner } from "@solana/kit";
import { Command } from "commander";
import { checkedOption } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";
import { readPlatform } from "../platform/read-platform.ts";
import { requireWallet } from "../platform/require-wallet.ts";

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
    const existing = await readPlatform(chain);
    if (existing) requireSame(existing, admin, flags);
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

// Done again it completes what is missing; what is there it does not change.
function requireSame(platform: Platform, admin: KeyPairSigner, flags: InitFlags): void {
  requireWallet("Setting the platform up", admin, { whose: "its admin", needed: platform.admin });
  for (const name of ["coordinator", "arbiter"] as const) {
    const wanted = flags[name];
    if (wanted === undefined || wanted === platform[name]) continue;
    const problem = `the platform has another, ${platform[name]}; \`cyxwiz admin set-authorities\` changes it`;
    throw new CyxwizError("CONFIG_INVALID", { source: `--${name} ${wanted}`, problem });
  }
}
