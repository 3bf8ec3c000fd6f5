import { chainTime, createTokenAccount } from "@cyxwiz/chain";
import {
  findStakeVaultAddress,
  getCancelWithdrawalInstructionAsync,
  getFinishWithdrawalInstructionAsync,
  getRequestWithdrawalInstructionAsync,
} from "@cyxwiz/contracts";
import { CyxwizError, formatAmount } from "@cyxwiz/errors";
import { moment } from "./moment.ts";
import { type OperatorAction, programsOf } from "./operator-context.ts";
import { readNode, readRegistry } from "./read-node.ts";
import { send } from "./send.ts";
import { unlockedAt } from "./unlocked-at.ts";
import { withdrawableAt } from "./withdrawable-at.ts";

/** A withdrawal that was asked for. */
export interface WithdrawalRequest {
  /** Base units on their way out; until they are out, they can still be slashed. */
  readonly amount: bigint;
  /** Unix seconds from which it can be finished. */
  readonly availableAt: bigint;
  readonly signature: string;
}

const program = (action: OperatorAction) => ({ programAddress: programsOf(action).nodeRegistry });

/**
 * Asks for stake back. It stops counting for new jobs at once, and can be had when the registry's cooldown is over.
 *
 * @param amount base units; all of the stake unless given
 * @throws CyxwizError NODE_NOT_ON_CHAIN, NOT_POSSIBLE_NOW (why, and from when), TRANSACTION_FAILED
 */
export async function requestWithdrawal(action: OperatorAction, amount?: bigint): Promise<WithdrawalRequest> {
  const { chain, wallet, signal } = action;
  const [{ data: node }, registry, now] = await Promise.all([
    readNode(action, wallet.address),
    readRegistry(action),
    chainTime(chain, signal),
  ]);
  const wanted = amount ?? node.staked;
  const refuse = (problem: string) => new CyxwizError("NOT_POSSIBLE_NOW", { what: "Withdrawing stake", problem });
  const unlocked = unlockedAt(node, registry);
  if (node.withdrawing > 0n) throw refuse("one withdrawal is under way; finish or cancel that one first.");
  if (wanted === 0n) throw refuse("nothing is staked.");
  if (wanted > node.staked) throw refuse(`only ${formatAmount(node.staked)} CYXWIZ are staked.`);
  if (now < unlocked) throw refuse(`the stake is locked until ${moment(unlocked)}.`);
  const instruction = await getRequestWithdrawalInstructionAsync({ wallet, amount: wanted }, program(action));
  const signature = await send(action, "Request the withdrawal", instruction);
  const { data } = await readNode(action, wallet.address);
  return {
    amount: data.withdrawing,
    availableAt: withdrawableAt(data, registry),
    signature,
  };
}

/**
 * Takes out what was asked for, once the cooldown is over.
 *
 * @throws CyxwizError NODE_NOT_ON_CHAIN, NOT_POSSIBLE_NOW (why, and from when), TRANSACTION_FAILED
 */
export async function finishWithdrawal(action: OperatorAction): Promise<{ amount: bigint; signature: string }> {
  const { chain, wallet, signal } = action;
  const [{ address, data: node }, registry, now] = await Promise.all([
    readNode(action, wallet.address),
    readRegistry(action),
    chainTime(chain, signal),
  ]);
  const refuse = (problem: string) =>
    new CyxwizError("NOT_POSSIBLE_NOW", { what: "Finishing the withdrawal", problem });
  const availableAt = withdrawableAt(node, registry);
  if (node.withdrawing === 0n) throw refuse("none was asked for; `cyxwiz node withdraw` does.");
  if (now < availableAt) throw refuse(`the stake can be had from ${moment(availableAt)}.`);
  if (node.runningJobs > 0) throw refuse(`${node.runningJobs} job(s) of this node have not ended on chain.`);
  const walletToken = await createTokenAccount(chain, {
    feePayer: wallet,
    owner: wallet.address,
    mint: registry.mint,
    ...(signal && { signal }),
  });
  const stakeVault = await findStakeVaultAddress(address, programsOf(action));
  const finish = await getFinishWithdrawalInstructionAsync({ wallet, stakeVault, walletToken }, program(action));
  return { amount: node.withdrawing, signature: await send(action, "Finish the withdrawal", finish) };
}

/**
 * Puts what was asked for back at stake. Gives the transaction's signature.
 *
 * @throws CyxwizError NODE_NOT_ON_CHAIN, NOT_POSSIBLE_NOW, TRANSACTION_FAILED
 */
export async function cancelWithdrawal(action: OperatorAction): Promise<{ amount: bigint; signature: string }> {
  const { wallet } = action;
  const { data: node } = await readNode(action, wallet.address);
  if (node.withdrawing === 0n) {
    throw new CyxwizError("NOT_POSSIBLE_NOW", { what: "Cancelling the withdrawal", problem: "none was asked for." });
  }
  const cancel = await getCancelWithdrawalInstructionAsync({ wallet }, program(action));
  return { amount: node.withdrawing, signature: await send(action, "Cancel the withdrawal", cancel) };
}
