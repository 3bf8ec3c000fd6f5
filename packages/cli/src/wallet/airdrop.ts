import { airdrop } from "@cyxwiz/chain";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { positiveAmount } from "../options/schemas.ts";

export function airdropCommand(): Command {
  const command = new Command("airdrop")
    .description("get SOL from the cluster's faucet, where it has one")
    // SOL has nine decimals, as CYXWIZ has.
    .addOption(
      checkedOption("--sol <amount>", "how much", {
        schema: positiveAmount,
        default: 10n * 10n ** 9n,
        defaultText: "10",
      }),
    );
  return withWallet<{ sol: bigint }>(command, "wallet", async ({ chain, wallet: { address }, output }, { sol }) => {
    const signature = await airdrop(chain, { to: address, amountLamports: sol });
    output.tell(`${formatAmount(sol)} SOL for ${address}\n  tx ${signature}`, {
      event: "airdrop",
      address,
      lamports: sol,
      signature,
    });
  });
}
