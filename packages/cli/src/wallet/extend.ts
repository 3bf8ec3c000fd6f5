import { extendEscrow } from "@cyxwiz/engine";
import { Command } from "commander";
import { checkedOption } from "../options/checked-option.ts";
import { duration } from "../options/duration.ts";
import { formatMoment } from "../output/time.ts";
import { onEscrow } from "./on-escrow.ts";

export function extendCommand(): Command {
  const command = new Command("extend").description("give the node more time before the job's deadline").addOption(
    checkedOption("--by <duration>", "this much later than the deadline is now, such as 12h or 3d", {
      schema: duration,
    }).makeOptionMandatory(),
  );
  return onEscrow<{ by: bigint }>(command, "payer", async (context, { by }) => {
    const { chain, wallet, output, signal, nowSeconds } = context;
    const { address, data } = context.escrow;
    const deadline = data.deadline + by;
    const signature = await extendEscrow(address, deadline, { chain, wallet, signal });
    const when = formatMoment(deadline, nowSeconds);
    output.tell(`the deadline is now ${when}\n  tx ${signature}`, {
      event: "extended",
      escrow: address,
      deadline,
      signature,
    });
  });
}
