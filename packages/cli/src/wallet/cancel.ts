import { chainTime } from "@cyxwiz/chain";
import { cancelEscrow, cancelRunning } from "@cyxwiz/engine";
import { CyxwizError } from "@cyxwiz/errors";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";
import { confirm, yesOption } from "../output/confirm.ts";
import { findEscrow } from "../platform/find-escrow.ts";
import { cancellation } from "./cancellation.ts";
import { requirePossible } from "./slot-choices.ts";

interface CancelFlags {
  readonly escrow?: string;
  readonly yes: boolean;
}

export function cancelCommand(): Command {
  const command = new Command("cancel")
    .description("end a job: all comes back before a node has started and after the deadline, a part while it runs")
    .argument("[escrow]", "the escrow's address, the job's id, or the number of your slot")
    .addOption(checkedOption("--escrow <address>", "the same", { schema: address }))
    .addOption(yesOption());
  return withWallet<CancelFlags, [escrow?: string]>(command, "payer", async (context, flags, argument) => {
    const { chain, wallet, output, signal } = context;
    const reference = argument ?? flags.escrow;
    if (reference === undefined) {
      throw new CyxwizError("CONFIG_INVALID", { source: "the command line", problem: "it names no escrow to cancel" });
    }
    const escrow = await findEscrow(context, reference, wallet.address);
    const now = await chainTime(chain, signal);
    requirePossible(escrow.data, "cancel", { nowSeconds: now, wallet });
    const split = cancellation(escrow.data, now);
    const shown =
      split.kind === "part"
        ? `${formatAmount(split.toPayer)} CYXWIZ come back; the node keeps ${formatAmount(split.toNode)} ` +
          `(${escrow.data.leafCount} of ${escrow.data.checkpoints} epochs are on chain, and the fee for cancelling)`
        : `all ${formatAmount(escrow.data.amount)} CYXWIZ come back`;
    if (split.kind === "part") await confirm(`${shown}. Cancel?`, { yes: flags.yes, signal });
    const options = { chain, wallet, signal };
    const signature = await (split.kind === "part" ? cancelRunning : cancelEscrow)(escrow.address, options);
    output.tell(`cancelled: ${shown}\n  tx ${signature}`, {
      event: "cancelled",
      escrow: escrow.address,
      toPayer: split.toPayer,
      toNode: split.toNode,
      signature,
    });
  });
}
