import { allowFromTreasury } from "@cyxwiz/central/platform";
import { sendAndConfirm, tokenAccountOwner } from "@cyxwiz/chain";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedArgument } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { amount as amountSchema } from "../options/schemas.ts";
import { requirePlatform } from "../platform/read-platform.ts";
import { requireWallet } from "../platform/require-wallet.ts";

export function allowAuditsCommand(): Command {
  const command = new Command("allow-audits")
    .description("how much of the fees Central may spend on nodes that audit others, from now on; 0: nothing")
    .addArgument(checkedArgument("<tokens>", "in all, in place of what is left", { schema: amountSchema }));
  return withWallet<object, [tokens: bigint]>(command, "treasury's owner", async (context, _flags, amount) => {
    const { chain, wallet: owner, output, signal } = context;
    const { treasury, mint, coordinator } = await requirePlatform(chain);
    const needed = await tokenAccountOwner(chain, treasury, signal);
    requireWallet("Allowing audits", owner, { whose: "the treasury's owner", needed });
    const instructions = [allowFromTreasury({ owner, treasury, mint, coordinator, amount })];
    const signature = await sendAndConfirm(chain, { what: "Allow audits", instructions, feePayer: owner, signal });
    output.tell(`Central may spend ${formatAmount(amount)} CYXWIZ of the fees on audits\n  tx ${signature}`, {
      event: "audits-allowed",
      ...{ coordinator, treasury, amount, signature },
    });
  });
}
