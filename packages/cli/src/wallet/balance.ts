import { lamportBalance, loadKeypairFile, tokenBalance } from "@cyxwiz/chain";
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
import { address } from "../options/schemas.ts";
import { createOutput } from "../output/output.ts";
import { chainOf, mintOf } from "./wallet-chain.ts";

interface BalanceFlags extends CommonOptions, ChainOptions {
  readonly wallet: string;
  readonly address?: Address;
}

export function balanceCommand(): Command {
  const command = new Command("balance")
    .description("print what a wallet has")
    .addOption(checkedOption("--address <address>", "of this wallet (default: of --wallet)", { schema: address }));
  return addCommonOptions(addChainOptions(addWalletOption(command))).action(async (flags: BalanceFlags) => {
    const chain = chainOf(flags);
    const owner = flags.address ?? (await loadKeypairFile(flags.wallet)).address;
    const mint = await mintOf(chain);
    const [lamports, tokens] = await Promise.all([lamportBalance(chain, owner), tokenBalance(chain, { owner, mint })]);
    createOutput(flags).tell(`${formatAmount(tokens)} CYXWIZ, ${formatAmount(lamports)} SOL`, {
      event: "balance",
      address: owner,
      mint,
      baseUnits: tokens,
      lamports,
    });
  });
}
