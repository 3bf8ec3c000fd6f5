import { chainTime, createTokenAccount, tokenAccountBalance } from "@cyxwiz/chain";
import { getClaimRewardsInstructionAsync } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { rewardsFrom } from "./accrued-rewards.ts";
import { moment } from "./moment.ts";
import { type OperatorAction, programsOf } from "./operator-context.ts";
import { readNode, readRegistry } from "./read-node.ts";
import { send } from "./send.ts";

/**
 * Claims what the stake has earned, as far as there are tokens for it.
 *
 * @throws CyxwizError NODE_NOT_ON_CHAIN, NOT_POSSIBLE_NOW (from when), TRANSACTION_FAILED
 */
export async function claimRewards(action: OperatorAction): Promise<{ amount: bigint; signature: string }> {
  const { chain, wallet, signal } = action;
  const [{ data: node }, registry, now] = await Promise.all([
    readNode(action, wallet.address),
    readRegistry(action),
    chainTime(chain, signal),
  ]);
  const from = rewardsFrom(node, registry);
  if (now < from) {
    const problem = `they are paid for stake that was not slashed for long enough, here from ${moment(from)}.`;
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what: "Claiming rewards", problem });
  }
  const holding = { owner: wallet.address, mint: registry.mint, ...(signal && { signal }) };
  const walletToken = await createTokenAccount(chain, { feePayer: wallet, ...holding });
  const before = await tokenAccountBalance(chain, walletToken, signal);
  const program = { programAddress: programsOf(action).nodeRegistry };
  const claim = await getClaimRewardsInstructionAsync({ wallet, walletToken }, program);
  const signature = await send(action, "Claim the rewards", claim);
  return { amount: (await tokenAccountBalance(chain, walletToken, signal)) - before, signature };
}
