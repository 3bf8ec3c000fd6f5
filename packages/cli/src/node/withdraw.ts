import { cancelWithdrawal, finishWithdrawal, requestWithdrawal } from "@cyxwiz/node/operator";
import { Command, Option } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedArgument } from "../options/checked-option.ts";
import { type WalletContext, withWallet } from "../options/on-chain.ts";
import { positiveAmount } from "../options/schemas.ts";
import { formatTime } from "../output/time.ts";

interface WithdrawFlags {
  readonly finish?: boolean;
  readonly cancel?: boolean;
}

export function withdrawCommand(): Command {
  const command = new Command("withdraw")
    .description("ask for stake back; it can be had when the cooldown is over, by --finish")
    .addArgument(checkedArgument("[tokens]", "how many (default: all that is staked)", { schema: positiveAmount }))
    .addOption(new Option("--finish", "take out what was asked for").conflicts("cancel"))
    .addOption(new Option("--cancel", "put what was asked for back at stake"));
  return withWallet<WithdrawFlags, [tokens?: bigint]>(command, "node", async (context, flags, tokens) => {
    if (tokens !== undefined && (flags.finish || flags.cancel)) {
      command.error("error: --finish and --cancel are about all that was asked for, and take no amount");
    }
    if (flags.finish) await finish(context);
    else if (flags.cancel) await cancel(context);
    else await request(context, tokens);
  });
}

async function request(context: WalletContext, tokens: bigint | undefined): Promise<void> {
  const { amount: asked, availableAt, signature } = await requestWithdrawal(context, tokens);
  context.output.tell(
    `${formatAmount(asked)} CYXWIZ can be had from ${formatTime(availableAt)} by \`cyxwiz node withdraw --finish\`\n` +
      `  tx ${signature}`,
    { event: "requested", amount: asked, availableAt, signature },
  );
}

async function finish(context: WalletContext): Promise<void> {
  const { amount: paid, signature } = await finishWithdrawal(context);
  context.output.tell(`${formatAmount(paid)} CYXWIZ are in the wallet\n  tx ${signature}`, {
    event: "withdrawn",
    amount: paid,
    signature,
  });
}

async function cancel(context: WalletContext): Promise<void> {
  const { amount: kept, signature } = await cancelWithdrawal(context);
  context.output.tell(`${formatAmount(kept)} CYXWIZ are at stake again\n  tx ${signature}`, {
    event: "kept",
    amount: kept,
    signature,
  });
}
