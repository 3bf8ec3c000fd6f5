import { loadKeypairFile, mintTokens } from "@cyxwiz/chain";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import {
  addChainOptions,
  addCommonOptions,
  addWalletOption,
  type ChainOptions,
  type CommonOptions,
} from "../options/common.ts";
import { address, amount } from "../options/schemas.ts";
import { createOutput } from "../output/output.ts";
import { chainOf, mintOf } from "./wallet-chain.ts";

interface MintFlags extends CommonOptions, ChainOptions {
  readonly wallet: string;
  readonly to: Address;
  readonly amount: bigint;
}

export function mintCommand(): Command {
  const command = new Command("mint")
    .description("make new tokens; only the token's authority can")
    .addOption(checkedOption("--to <address>", "wallet that gets them", { schema: address }).makeOptionMandatory())
    .addOption(checkedOption("--amount <tokens>", "how many", { schema: amount }).makeOptionMandatory());
  return addCommonOptions(addChainOptions(addWalletOption(command, "authority"))).action(async (flags: MintFlags) => {
    const chain = chainOf(flags);
    const authority = await loadKeypairFile(flags.wallet);
    const { to, amount } = flags;
    const signature = await mintTokens(chain, {
      feePayer: authority,
      mintAuthority: authority,
      mint: await mintOf(chain),
      to,
      amount,
    });
    createOutput(flags).tell(`${formatAmount(amount)} CYXWIZ for ${to}\n  tx ${signature}`, {
      event: "minted",
      to,
      baseUnits: amount,
      signature,
    });
  });
}
