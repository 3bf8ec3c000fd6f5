import { chainTime } from "@cyxwiz/chain";
import { approvePayment } from "@cyxwiz/engine";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { withWallet } from "../options/on-chain.ts";
import { confirm, yesOption } from "../output/confirm.ts";
import { escrowArgument, findEscrow } from "../platform/find-escrow.ts";
import { requirePossible } from "./slot-choices.ts";

export function approveCommand(): Command {
  const command = new Command("approve")
    .description("pay the node now, without waiting for its proof; this cannot be undone")
    .addArgument(escrowArgument())
    .addOption(yesOption());
  return withWallet<{ yes: boolean }>(command, "payer", async (context, { yes }, reference) => {
    const { chain, wallet, output, signal } = context;
    const { address, data } = await findEscrow(context, reference, wallet.address);
    requirePossible(data, "approve", await chainTime(chain, signal));
    await confirm(`Pay ${formatAmount(data.amount)} CYXWIZ for the work of ${data.node}?`, { yes, signal });
    const signature = await approvePayment(address, { chain, wallet, signal });
    output.tell(`paid ${formatAmount(data.amount)} CYXWIZ\n  tx ${signature}`, {
      event: "approved",
      escrow: address,
      node: data.node,
      amount: data.amount,
      signature,
    });
  });
}
