import { loadKeypairFile, transferTokens } from "@cyxwiz/chain";
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

interface TransferFlags extends CommonOptions, ChainOptions {
  readonly wallet: string;
  readonly to: Address;
  readonly amount: bigint;
}

export function transferCommand(): Command {
  const command = new Command("transfer")
    .description("send CYXWIZ to another wallet")
    .addOption(checkedOption("--to <address>", "wallet that gets them", { schema: address }).makeOptionMandatory())
    .addOption(checkedOption("--amount <tokens>", "how many", { schema: amount }).makeOptionMandatory());
  return addCommonOptions(addChainOptions(addWalletOption(command))).action(async (flags: TransferFlags) => {
    const chain = chainOf(flags);
    const from = await loadKeypairFile(flags.wallet);
    const { to, amount } = flags;
    const signature = await transferTokens(chain, { feePayer: from, from, mint: await mintOf(chain), to, amount });
    createOutput(flags).tell(`${formatAmount(amount)} CYXWIZ to ${to}\n  tx ${signature}`, {
      event: "transferred",
      from: from.address,
      to,
      baseUnits: amount,
      signature,
    });
  });
}
