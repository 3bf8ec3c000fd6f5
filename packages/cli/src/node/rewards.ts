import { claimRewards } from "@cyxwiz/node/operator";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { withWallet } from "../options/on-chain.ts";

export function rewardsCommand(): Command {
  const command = new Command("rewards").description("claim what the stake has yielded");
  return withWallet<object>(command, "node", async (context) => {
    const { amount, signature } = await claimRewards(context);
    context.output.tell(`${formatAmount(amount)} CYXWIZ are in the wallet\n  tx ${signature}`, {
      event: "rewarded",
      amount,
      signature,
    });
  });
}
