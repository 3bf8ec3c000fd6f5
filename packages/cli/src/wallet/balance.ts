import { lamportBalance, loadKeypairFile, tokenBalance } from "@cyxwiz/chain";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { addWalletOption } from "../options/common.ts";
import { onChain } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";
import { mintOf } from "../platform/mint-of.ts";

interface BalanceFlags {
  readonly wallet: string;
  readonly address?: Address;
}

export function balanceCommand(): Command {
  const command = new Command("balance")
    .description("print what a wallet has")
    .addOption(checkedOption("--address <address>", "of this wallet (default: of --wallet)", { schema: address }));
  return onChain<BalanceFlags>(addWalletOption(command), async ({ chain, output }, flags) => {
    const owner = flags.address ?? (await loadKeypairFile(flags.wallet)).address;
    const mint = await mintOf(chain);
    const [lamports, tokens] = await Promise.all([lamportBalance(chain, owner), tokenBalance(chain, { owner, mint })]);
    output.tell(`${formatAmount(tokens)} CYXWIZ, ${formatAmount(lamports)} SOL`, {
      event: "balance",
      address: owner,
      mint,
      baseUnits: tokens,
      lamports,
    });
  });
}
