import { loadKeypairFile } from "@cyxwiz/chain";
import { Command } from "commander";
import { addCommonOptions, addWalletOption, type CommonOptions } from "../options/common.ts";
import { createOutput } from "../output/output.ts";

export function addressCommand(): Command {
  const command = new Command("address").description("print the wallet's address");
  return addCommonOptions(addWalletOption(command)).action(async (flags: CommonOptions & { wallet: string }) => {
    const { address } = await loadKeypairFile(flags.wallet);
    createOutput(flags).tell(address, { event: "address", address });
  });
}
