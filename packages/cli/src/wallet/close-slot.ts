import { chainTime } from "@cyxwiz/chain";
import { closeSlot, reportOutcome } from "@cyxwiz/engine";
import { Command } from "commander";
import { withWallet } from "../options/on-chain.ts";
import { escrowArgument, findEscrow } from "../platform/find-escrow.ts";
import { requirePossible } from "./slot-choices.ts";

export function closeSlotCommand(): Command {
  const command = new Command("close-slot")
    .description("close a slot whose job is settled: its rent in SOL, and tokens left in it, come back")
    .addArgument(escrowArgument());
  return withWallet<object>(command, "payer", async (context, _flags, reference) => {
    const { chain, wallet, output, signal } = context;
    const { address, data } = await findEscrow(context, reference, wallet.address);
    requirePossible(data, "close-slot", await chainTime(chain, signal));
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
