import { chainTime } from "@cyxwiz/chain";
import { getReinstateInstruction, NodeStatus } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import type { Address } from "@solana/kit";
import { moment } from "./moment.ts";
import { type OperatorAction, programsOf } from "./operator-context.ts";
import { readNode } from "./read-node.ts";
import { send } from "./send.ts";

/**
 * Ends a suspension whose time is over. Anybody may, for any node. Gives the transaction's signature.
 *
 * @param of the node's wallet; that of the action unless given
 * @throws CyxwizError NODE_NOT_ON_CHAIN, NOT_POSSIBLE_NOW (from when), TRANSACTION_FAILED
 */
export async function reinstateNode(action: OperatorAction, of: Address = action.wallet.address): Promise<string> {
  const { address, data } = await readNode(action, of);
  const refuse = (problem: string) => new CyxwizError("NOT_POSSIBLE_NOW", { what: "Reinstating the node", problem });
  if (data.status !== NodeStatus.Suspended) throw refuse("it is not suspended.");
  if ((await chainTime(action.chain, action.signal)) < data.suspendedUntil) {
    throw refuse(`it is suspended until ${moment(data.suspendedUntil)}.`);
  }
  const program = { programAddress: programsOf(action).nodeRegistry };
  return send(action, "Reinstate the node", getReinstateInstruction({ node: address }, program));
}
