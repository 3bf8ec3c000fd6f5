import { loadKeypairFile } from "@cyxwiz/chain";
import { cancelEscrow } from "@cyxwiz/engine";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { checkedOption } from "../options/checked-option.ts";
import {
  addChainOptions,
  addCommonOptions,
  addWalletOption,
  type ChainOptions,
  type CommonOptions,
} from "../options/common.ts";
import { address } from "../options/schemas.ts";
import { createOutput } from "../output/output.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { chainOf } from "./wallet-chain.ts";

interface CancelFlags extends CommonOptions, ChainOptions {
  readonly wallet: string;
  readonly escrow: Address;
}

export function cancelCommand(): Command {
  const command = new Command("cancel")
    .description("take an escrow back that no node has started on, or whose deadline has passed")
    .addOption(checkedOption("--escrow <address>", "the escrow's account", { schema: address }).makeOptionMandatory());
  return addCommonOptions(addChainOptions(addWalletOption(command, "payer"))).action(async (flags: CancelFlags) => {
    const signal = stopSignal(flags);
    const wallet = await loadKeypairFile(flags.wallet);
    const signature = await cancelEscrow(flags.escrow, { chain: chainOf(flags), wallet, signal });
    createOutput(flags).tell(`cancelled\n  tx ${signature}`, { event: "cancelled", escrow: flags.escrow, signature });
  });
}
