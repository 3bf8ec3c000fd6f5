import { transferTokens } from "@cyxwiz/chain";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { address, positiveAmount } from "../options/schemas.ts";
import { mintOf } from "../platform/mint-of.ts";

interface TransferFlags {
  readonly to: Address;
  readonly amount: bigint;
}

export function transferCommand(): Command {
  const command = new Command("transfer")
    .description("send CYXWIZ to another wallet")
    .addOption(checkedOption("--to <address>", "wallet that gets them", { schema: address }).makeOptionMandatory())
    .addOption(checkedOption("--amount <tokens>", "how many", { schema: positiveAmount }).makeOptionMandatory());
  return withWallet<TransferFlags>(
    command,
    "wallet",
    async ({ chain, wallet: from, output, signal }, { to, amount }) => {
      const signature = await transferTokens(chain, {
        feePayer: from,
        from,
        mint: await mintOf(chain),
        to,
        amount,
        signal,
      });
      output.tell(`${formatAmount(amount)} CYXWIZ to ${to}\n  tx ${signature}`, {
        event: "transferred",
        from: from.address,
        to,
        baseUnits: amount,
        signature,
      });
    },
  );
}
