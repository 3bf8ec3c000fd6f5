import { closeSlot, collectLeftover, reportOutcome } from "@cyxwiz/engine";
import { Command } from "commander";
import { onEscrow } from "./on-escrow.ts";

export function closeSlotCommand(): Command {
  const command = new Command("close-slot").description(
    "close a slot whose job is settled: its rent in SOL, and tokens left in it, come back",
  );
  return onEscrow<object>(command, "payer", async (context) => {
    const { chain, wallet, output, signal } = context;
    const { address, data } = context.escrow;
    // First, because it is the payer's whatever becomes of the rest.
    await collectLeftover(address, { chain, wallet, signal });
    // The registry has to hear of the slot's last job first; whoever gets there may tell it.
    await reportOutcome(address, { chain, wallet, signal });
    const signature = await closeSlot(address, { chain, wallet, signal });
    output.tell(`slot ${data.slot} is closed\n  tx ${signature}`, {
      event: "closed",
      escrow: address,
      slot: data.slot,
      signature,
    });
  });
}
