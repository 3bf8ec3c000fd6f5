export { type Claim, type ClaimOptions, claimPayment } from "../chain/claim-payment.ts";
export { claimRewards } from "./claim-rewards.ts";
export { decodeEscrow, type EscrowsOf, type FoundEscrow, type FoundEscrows, findEscrows } from "./find-escrows.ts";
export { type NodeState, readNodeState, TIERS } from "./node-state.ts";
export type { OperatorAction, OperatorContext, OperatorQuery } from "./operator-context.ts";
export type { AuditPay } from "./read-audit-pay.ts";
export {
  DEFAULT_HISTORY,
  type Earnings,
  type JobEarning,
  type RewardOnChain,
  readEarnings,
  type SlashOnChain,
} from "./read-earnings.ts";
export { type NodeOnChain, readNode, readRegistry } from "./read-node.ts";
export { type Reputation, type ReputationMove, readReputation } from "./read-reputation.ts";
export { type Registration, registerNode } from "./register-node.ts";
export { reinstateNode } from "./reinstate-node.ts";
export { type ScoreParts, scoreParts } from "./score-parts.ts";
export { addStake } from "./stake.ts";
export { cancelWithdrawal, finishWithdrawal, requestWithdrawal, type WithdrawalRequest } from "./withdraw-stake.ts";
