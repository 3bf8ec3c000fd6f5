import { findTokenAccount, tokenAccountBalance } from "@cyxwiz/chain";
import { getStakeInstructionAsync } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type OperatorAction, programsOf } from "./operator-context.ts";
import { readNode, readRegistry } from "./read-node.ts";
import { send } from "./send.ts";

/**
 * Adds to the node's stake, from the wallet's own tokens. Gives the transaction's signature.
 *
 * @param amount base units
 * @throws CyxwizError NODE_NOT_ON_CHAIN, STAKE_NOT_FUNDED, TRANSACTION_FAILED
 */
export async function addStake(action: OperatorAction, amount: bigint): Promise<string> {
  const { chain, wallet, signal } = action;
  await readNode(action, wallet.address);
  const { mint } = await readRegistry(action);
  const walletToken = await findTokenAccount({ owner: wallet.address, mint });
  const available = await tokenAccountBalance(chain, walletToken, signal);
  if (available < amount) {
    const amounts = { needed: `${amount}`, available: `${available}` };
    throw new CyxwizError("STAKE_NOT_FUNDED", { wallet: wallet.address, ...amounts });
  }
  const program = { programAddress: programsOf(action).nodeRegistry };
  return send(action, "Stake", await getStakeInstructionAsync({ wallet, walletToken, amount }, program));
}
