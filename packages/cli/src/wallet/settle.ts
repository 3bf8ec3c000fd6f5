import { EscrowOutcome } from "@cyxwiz/contracts";
import { executeDecision } from "@cyxwiz/engine";
import { Command } from "commander";
import { nameOf } from "../output/names.ts";
import { readEscrow } from "../platform/find-escrow.ts";
import { onEscrow } from "./on-escrow.ts";

export function settleCommand(): Command {
  const command = new Command("settle").description(
    "carry a decision out: at once as the party that lost, as anybody when its time for appeals is over",
  );
  return onEscrow<object>(command, "payer or the node", async (context) => {
    const { chain, wallet, output, signal } = context;
    const { address } = context.escrow;
    const signature = await executeDecision(address, { chain, wallet, signal });
    const { outcome } = await readEscrow(context, address);
    const said = nameOf(EscrowOutcome, outcome);
    output.tell(`${said}\n  tx ${signature}`, { event: "executed", escrow: address, outcome: said, signature });
  });
}
