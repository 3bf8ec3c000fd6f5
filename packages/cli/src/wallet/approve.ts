import { approvePayment } from "@cyxwiz/engine";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { confirm, yesOption } from "../output/confirm.ts";
import { onEscrow } from "./on-escrow.ts";

export function approveCommand(): Command {
  const command = new Command("approve")
    .description("pay the node now, without waiting for its proof; this cannot be undone")
    .addOption(yesOption());
  return onEscrow<{ yes: boolean }>(command, "payer", async (context, { yes }) => {
    const { chain, wallet, output, signal } = context;
    const { address, data } = context.escrow;
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
