import { chainTime } from "@cyxwiz/chain";
import { extendEscrow } from "@cyxwiz/engine";
import { Command } from "commander";
import { checkedOption } from "../options/checked-option.ts";
import { duration } from "../options/duration.ts";
import { withWallet } from "../options/on-chain.ts";
import { formatMoment } from "../output/time.ts";
import { escrowArgument, findEscrow } from "../platform/find-escrow.ts";
import { requirePossible } from "./slot-choices.ts";

export function extendCommand(): Command {
  const command = new Command("extend")
    .description("give the node more time before the job's deadline")
    .addArgument(escrowArgument())
    .addOption(
      checkedOption("--by <duration>", "this much later than the deadline is now, such as 12h or 3d", {
        schema: duration,
      }).makeOptionMandatory(),
    );
  return withWallet<{ by: bigint }>(command, "payer", async (context, { by }, reference) => {
    const { chain, wallet, output, signal } = context;
    const { address, data } = await findEscrow(context, reference, wallet.address);
    const now = await chainTime(chain, signal);
    requirePossible(data, "extend", now);
    const deadline = data.deadline + by;
    const signature = await extendEscrow(address, deadline, { chain, wallet, signal });
    const when = formatMoment(deadline, now);
    output.tell(`the deadline is now ${when}\n  tx ${signature}`, {
      event: "extended",
      escrow: address,
      deadline,
      signature,
    });
  });
}
