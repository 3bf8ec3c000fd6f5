import { createKeypairFile } from "@cyxwiz/chain";
import { Command } from "commander";
import { addCommonOptions, addWalletOption, type CommonOptions } from "../options/common.ts";
import { createOutput } from "../output/output.ts";

export function newCommand(): Command {
  const command = new Command("new").description("make a key file; an existing one is never replaced");
  return addCommonOptions(addWalletOption(command)).action(async (flags: CommonOptions & { wallet: string }) => {
    const { address } = await createKeypairFile(flags.wallet);
    createOutput(flags).tell(`${address}\n  key in ${flags.wallet}: who has it has the tokens`, {
      event: "created",
      address,
      path: flags.wallet,
    });
  });
}
