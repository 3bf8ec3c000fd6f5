import type { Case } from "./case.ts";
import { Fault, type Model, move, type Node, openToken, Status, share } from "./state.ts";

const YEAR_SECONDS = 365n * 86_400n;
const FAILURES = 3;

/** Rewards of the time since the last change of the stake. */
export function accrue(model: Model, node: Node): void {
  const seconds = model.now - node.yieldClaimedAt;
  if (seconds <= 0n) return;
  if (node.status !== Status.Banned) {
    node.rewards += (share(node.staked, model.registry.yieldBps) * seconds) / YEAR_SECONDS;
  }
  node.yieldClaimedAt = model.now;
}

/** Times of the failures that still count, of each node of each model; the node itself keeps less than that. */
const failures = new WeakMap<Node, bigint[]>();

/** Notes a failure; says whether it is the third within the window, after which counting starts anew. */
function isThirdFailure(model: Model, node: Node): boolean {
  const times = [...(failures.get(node) ?? []), model.now].slice(-FAILURES);
  const third = times.length === FAILURES && model.now - times[0]! <= model.registry.failureWindowSeconds;
  failures.set(node, third ? [] : times);
  return third;
}

/** What the fault costs, in basis points; suspends or bans. */
function sentence(model: Model, node: Node, fault: number): number {
  const { registry } = model;
  if (fault === Fault.DisputeLost) {
    node.status = Status.Banned;
    return registry.slashDisputeBps;
  }
  const usual = fault === Fault.Failed ? registry.slashTimeoutBps : registry.slashInvalidProofBps;
  // Nothing follows a ban.
  if (node.status === Status.Banned || !isThirdFailure(model, node)) return usual;
  node.status = Status.Suspended;
  const until = model.now + registry.suspensionSeconds;
  if (until > node.suspendedUntil) node.suspendedUntil = until;
  return Math.max(usual, registry.slashFailuresBps);
}

/**
 * Takes from the stake what the fault costs: a lost dispute gives half to the payer first, of the rest 80% insure and
 * 20% burn. Whoever cannot receive loses only the own part: the payer's to the insurance, the insurance's to the fire.
 */
export function slash(
  given: Case,
  node: Node,
  what: { fault: number; payerToken: string | undefined; escrow: string; nonce: bigint; evidence: string },
): void {
  const { model } = given;
  const bps = sentence(model, node, what.fault);
  const total = share(node.staked + node.withdrawing, bps);
  const fromStake = total < node.staked ? total : node.staked;
  node.staked -= fromStake;
  node.withdrawing -= total - fromStake;
  node.rewards = 0n;
  node.yieldClaimedAt = model.now;
  node.slashedTotal += total;
  node.lastSlashedAt = model.now;
  node.slashEvidence = what.evidence;
  node.slashEscrow = what.escrow;
  node.slashNonce = what.nonce;
  const lost = what.fault === Fault.DisputeLost && what.payerToken !== undefined;
  const forPayer = lost ? share(total, model.registry.disputePayerBps) : 0n;
  const toPayer = openToken(model, what.payerToken)?.mint === "mint" ? forPayer : 0n;
  const forInsurance = share(total - forPayer, model.registry.insuranceBps) + forPayer - toPayer;
  const toInsurance = given.canReceive("insurance") ? forInsurance : 0n;
  const burned = total - toPayer - toInsurance;
  move(model, node.stakeVault, what.payerToken ?? "", toPayer);
  move(model, node.stakeVault, given.account("insurance"), toInsurance);
  const vault = model.tokens.get(node.stakeVault);
  if (vault !== undefined) vault.amount -= burned;
  model.burned += burned;
}
