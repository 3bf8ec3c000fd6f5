import { airdrop, loadKeypairFile } from "@cyxwiz/chain";
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
import { amount } from "../options/schemas.ts";
import { createOutput } from "../output/output.ts";
import { chainOf } from "./wallet-chain.ts";

interface AirdropFlags extends CommonOptions, ChainOptions {
  readonly wallet: string;
  readonly sol: bigint;
}

export function airdropCommand(): Command {
  const command = new Command("airdrop")
    .description("get SOL from the cluster's faucet, where it has one")
    // SOL has nine decimals, as CYXWIZ has.
    .addOption(
      checkedOption("--sol <amount>", "how much", { schema: amount, default: 10n * 10n ** 9n, defaultText: "10" }),
    );
  return addCommonOptions(addChainOptions(addWalletOption(command))).action(async (flags: AirdropFlags) => {
    const { address } = await loadKeypairFile(flags.wallet);
    const signature = await airdrop(chainOf(flags), { to: address, amountLamports: flags.sol });
    createOutput(flags).tell(`${formatAmount(flags.sol)} SOL for ${address}\n  tx ${signature}`, {
      event: "airdrop",
      address,
      lamports: flags.sol,
      signature,
    });
  });
}
