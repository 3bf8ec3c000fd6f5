import { mintAuthority, mintTokens } from "@cyxwiz/chain";
import type { Address } from "@solana/kit";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { address, positiveAmount } from "../options/schemas.ts";
import { mintOf } from "../platform/mint-of.ts";
import { requireWallet } from "../platform/require-wallet.ts";

interface MintFlags {
  readonly to: Address;
  readonly amount: bigint;
}

export function mintCommand(): Command {
  const command = new Command("mint")
    .description("make new tokens; only the token's authority can")
    .addOption(checkedOption("--to <address>", "wallet that gets them", { schema: address }).makeOptionMandatory())
    .addOption(checkedOption("--amount <tokens>", "how many", { schema: positiveAmount }).makeOptionMandatory());
  return withWallet<MintFlags>(command, "authority", async ({ chain, wallet, output, signal }, { to, amount }) => {
    const mint = await mintOf(chain);
    const needed = (await mintAuthority(chain, mint, signal)) ?? [];
    requireWallet("Minting", wallet, { whose: "the token's authority", needed });
    const signature = await mintTokens(chain, { feePayer: wallet, mintAuthority: wallet, mint, to, amount, signal });
    output.tell(`${formatAmount(amount)} CYXWIZ for ${to}\n  tx ${signature}`, {
      event: "minted",
      to,
      baseUnits: amount,
      signature,
    });
  });
}
