import { addStake, readNodeState } from "@cyxwiz/node/operator";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedArgument } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { positiveAmount } from "../options/schemas.ts";

export function stakeCommand(): Command {
  const command = new Command("stake")
    .description("add to the node's stake, which answers for its jobs")
    .addArgument(checkedArgument("<tokens>", "how many, such as 200", { schema: positiveAmount }));
  return withWallet<object, [tokens: bigint]>(command, "node", async (context, _flags, tokens) => {
    const signature = await addStake(context, tokens);
    const { staked } = await readNodeState({ ...context, wallet: context.wallet.address });
    context.output.tell(`staked ${formatAmount(tokens)} CYXWIZ; ${formatAmount(staked)} in all\n  tx ${signature}`, {
      event: "staked",
      amount: tokens,
      staked,
      signature,
    });
  });
}
