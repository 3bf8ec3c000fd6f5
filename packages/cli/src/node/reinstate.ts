import { reinstateNode } from "@cyxwiz/node/operator";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { checkedOption } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";

export function reinstateCommand(): Command {
  const command = new Command("reinstate")
    .description("end a suspension whose time is over; anybody may, for any node")
    .addOption(checkedOption("--address <address>", "the node's wallet (default: --wallet)", { schema: address }));
  return withWallet<{ address?: Address }>(command, "node", async (context, flags) => {
    const of = flags.address ?? context.wallet.address;
    const signature = await reinstateNode(context, of);
    context.output.tell(`the node is active again\n  tx ${signature}`, { event: "reinstated", wallet: of, signature });
  });
}
