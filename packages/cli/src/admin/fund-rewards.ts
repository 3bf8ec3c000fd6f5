import { depositTokens, requireTokens, sendAndConfirm, tokenAccountBalance } from "@cyxwiz/chain";
import { findRewardsVaultAddress, getOpenRewardsInstructionAsync } from "@cyxwiz/contracts";
import { readRegistry } from "@cyxwiz/node/operator";
import { fetchEncodedAccount, type Instruction } from "@solana/kit";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedArgument } from "../options/checked-option.ts";
import { withWallet } from "../options/on-chain.ts";
import { positiveAmount } from "../options/schemas.ts";

export function fundRewardsCommand(): Command {
  const command = new Command("fund-rewards")
    .description("put tokens where the yield of stake is paid from; anybody may")
    .addArgument(checkedArgument("<tokens>", "how many", { schema: positiveAmount }));
  return withWallet<object, [tokens: bigint]>(command, "giver", async (context, _flags, tokens) => {
    const { chain, wallet, output, signal } = context;
    const { mint } = await readRegistry(context);
    const vault = await findRewardsVaultAddress();
    await requireTokens(chain, { owner: wallet.address, mint, amount: tokens, signal });
    const { exists } = await fetchEncodedAccount(chain.rpc, vault, { commitment: "confirmed", abortSignal: signal });
    const instructions: Instruction[] = exists ? [] : [await getOpenRewardsInstructionAsync({ payer: wallet, mint })];
    instructions.push(await depositTokens({ from: wallet, mint, destination: vault, amount: tokens }));
    const signature = await sendAndConfirm(chain, { what: "Fund the rewards", instructions, feePayer: wallet, signal });
    const balance = await tokenAccountBalance(chain, vault, signal);
    output.tell(`there are ${formatAmount(balance)} CYXWIZ for rewards now\n  tx ${signature}`, {
      event: "funded",
      vault,
      amount: tokens,
      balance,
      signature,
    });
  });
}
