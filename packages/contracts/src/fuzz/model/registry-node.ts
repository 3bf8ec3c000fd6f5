import { WALLETS } from "../cast.ts";
import type { Case, Rule } from "./case.ts";
import { accrue, slash } from "./registry-slash.ts";
import { Fault, type Model, move, type Node, Status } from "./state.ts";

/** The node account of the signing wallet. */
function ownNode(given: Case): Node | undefined {
  given.unless(given.signs("wallet"), "registry.wrongSigner");
  given.writable("node");
  const node = given.nodeIn("node");
  const own = node?.wallet === given.account("wallet");
  given.unless(own, "registry.wrongNode");
  return own ? node : undefined;
}

function withRegistry(given: Case): void {
  given.is("registry", "registry", "registry.wrongRegistry");
}

function withStakeVault(given: Case, node: Node | undefined): void {
  given.writable("stakeVault", "walletToken");
  given.is("tokenProgram", "tokenProgram", "registry.wrongTokenProgram");
  given.unless(given.belongsTo("walletToken", given.account("wallet")), "registry.wrongTokenAccount");
  if (node !== undefined) given.is("stakeVault", node.stakeVault, "registry.wrongStakeVault");
}

export const stake: Rule = (given) => {
  const { model } = given;
  const amount = given.big("amount");
  withRegistry(given);
  given.unless(amount > 0n, "registry.amountZero");
  const node = ownNode(given);
  withStakeVault(given, node);
  if (node === undefined) return undefined;
  given.unless(node.status !== Status.Banned, "registry.illegalStatus");
  given.unless(node.staked + amount < 2n ** 64n, "registry.overflow");
  given.unless((given.tokenIn("walletToken")?.amount ?? 0n) >= amount, "token.insufficientFunds");
  return () => {
    accrue(model, node);
    const hasLeft = node.staked + node.withdrawing === 0n && node.withdrawalRequestedAt !== 0n;
    if (hasLeft) node.lockUntil = model.now + model.registry.lockSeconds;
    node.staked += amount;
    if (node.status === Status.Withdrawn) node.status = Status.Active;
    move(model, given.account("walletToken"), node.stakeVault, amount);
  };
};

export const requestWithdrawal: Rule = (given) => {
  const { model } = given;
  const amount = given.big("amount");
  withRegistry(given);
  given.unless(amount > 0n, "registry.amountZero");
  const node = ownNode(given);
  if (node === undefined) return undefined;
  given.unless(node.withdrawing === 0n, "registry.withdrawalPending");
  given.unless(node.status !== Status.Withdrawn, "registry.illegalStatus");
  const lockUntil = node.lockUntil + BigInt(node.runningJobs) * model.registry.jobLockSeconds;
  given.unless(model.now >= lockUntil, "registry.stakeLocked");
  given.unless(amount <= node.staked, "registry.notEnoughStaked");
  return () => {
    accrue(model, node);
    node.staked -= amount;
    node.withdrawing = amount;
    node.withdrawalRequestedAt = model.now;
    node.withdrawableAt = model.now + model.registry.withdrawalSeconds;
  };
};

export const finishWithdrawal: Rule = (given) => {
  const { model } = given;
  withRegistry(given);
  const node = ownNode(given);
  withStakeVault(given, node);
  if (node === undefined) return undefined;
  given.unless(node.withdrawing > 0n, "registry.noWithdrawal");
  given.unless(node.runningJobs === 0, "registry.jobsRunning");
  given.unless(model.now >= node.withdrawableAt, "registry.cooldownRunning");
  return () => {
    move(model, node.stakeVault, given.account("walletToken"), node.withdrawing);
    node.withdrawing = 0n;
    // A suspension goes on, and so does a ban.
    if (node.staked === 0n && node.status === Status.Active) node.status = Status.Withdrawn;
  };
};

export const cancelWithdrawal: Rule = (given) => {
  withRegistry(given);
  const node = ownNode(given);
  if (node === undefined) return undefined;
  given.unless(node.withdrawing > 0n, "registry.noWithdrawal");
  given.unless(node.status !== Status.Withdrawn, "registry.illegalStatus");
  return () => {
    accrue(given.model, node);
    node.staked += node.withdrawing;
    node.withdrawing = 0n;
  };
};

export const reinstate: Rule = (given) => {
  given.writable("node");
  const node = given.nodeIn("node");
  if (!given.unless(node !== undefined, "registry.wrongNode") || node === undefined) return undefined;
  given.unless(node.status === Status.Suspended, "registry.illegalStatus");
  given.unless(given.model.now >= node.suspendedUntil, "registry.stillSuspended");
  return () => {
    node.status = Status.Active;
  };
};

/** What can be paid of the rewards: never more than the vault has. */
function payable(model: Model, node: Node): bigint {
  const there = model.tokens.get("rewards")?.amount ?? 0n;
  return node.rewards < there ? node.rewards : there;
}

export const claimRewards: Rule = (given) => {
  const { model } = given;
  withRegistry(given);
  const node = ownNode(given);
  given.writable("rewardsVault", "walletToken");
  given.is("tokenProgram", "tokenProgram", "registry.wrongTokenProgram");
  given.is("rewardsVault", "rewards", "registry.wrongRewardsVault");
  given.unless(given.belongsTo("walletToken", given.account("wallet")), "registry.wrongTokenAccount");
  if (node === undefined) return undefined;
  given.unless(node.status !== Status.Banned, "registry.illegalStatus");
  const since = node.registeredAt > node.lastSlashedAt ? node.registeredAt : node.lastSlashedAt;
  given.unless(model.now - since >= model.registry.yieldAfterSeconds, "registry.rewardsNotDue");
  const after = { ...node };
  accrue(model, after);
  given.unless(payable(model, after) > 0n, "registry.nothingToClaim");
  return () => {
    accrue(model, node);
    const paid = payable(model, node);
    node.rewards -= paid;
    move(model, "rewards", given.account("walletToken"), paid);
  };
};

export const slashByArbiter: Rule = (given) => {
  const { model } = given;
  withRegistry(given);
  given.signedBy("arbiter", model.registry.arbiter);
  given.writable("node", "stakeVault", "insurance", "mint");
  given.is("tokenProgram", "tokenProgram", "registry.wrongTokenProgram");
  given.is("insurance", model.registry.insurance, "registry.wrongInsurance");
  given.is("mint", "mint", "registry.wrongMint");
  const [reason, evidence] = [given.number("reason"), given.label("evidence")];
  given.unless(reason >= Fault.Failed && reason <= Fault.DisputeLost, "registry.unknownReason");
  given.unless(evidence !== "", "registry.fieldEmpty");
  const node = given.nodeIn("node");
  if (!given.unless(node !== undefined, "registry.wrongNode") || node === undefined) return undefined;
  given.is("stakeVault", node.stakeVault, "registry.wrongStakeVault");
  given.unless(evidence !== node.slashEvidence, "registry.evidenceUsed");
  return () =>
    slash(given, node, {
      fault: reason,
      // No escrow says who the payer would be.
      payerToken: undefined,
      escrow: "",
      nonce: 0n,
      evidence,
    });
};

/** What only the escrow program may say; it signs as its platform account, which no key can. */
export const saidByEscrowProgram: Rule = (given) => {
  given.unless(false, "registry.wrongSigner", "registry.wrongRegistry", "registry.unknownReason");
  return undefined;
};

/** The vault for rewards is there from the beginning. */
export const openRewards: Rule = (given) => {
  withRegistry(given);
  given.is("rewardsVault", "rewards", "registry.wrongRewardsVault");
  given.is("mint", "mint", "registry.wrongMint");
  given.unless(false, "registry.alreadyExists");
  return undefined;
};

export const register: Rule = (given) => {
  const { model } = given;
  withRegistry(given);
  given.unless(given.signs("payer") && given.signs("wallet"), "registry.wrongSigner");
  given.writable("node", "stakeVault");
  given.is("tokenProgram", "tokenProgram", "registry.wrongTokenProgram");
  given.is("mint", "mint", "registry.wrongMint");
  given.unless(model.registry.paused === 0, "registry.paused");
  given.unless(given.label("identity") !== "" && given.label("fingerprint") !== "", "registry.fieldEmpty");
  // The system program takes rent from plain wallets only; where there are no lamports, as where a token account was
  // closed, it says so with the number that stands for too few tokens elsewhere.
  const payer = given.account("payer");
  const isWallet = (WALLETS as readonly string[]).includes(payer) && given.call.writable.has(payer);
  const pays = isWallet && given.account("systemProgram") === "systemProgram";
  given.unless(pays, "runtime", "token.insufficientFunds");
  const node = model.nodes.get(given.account("node"));
  const right = node?.wallet === given.account("wallet");
  if (!given.unless(right, "registry.wrongNode") || node === undefined) return undefined;
  given.unless(!node.exists, "registry.alreadyExists");
  given.is("stakeVault", node.stakeVault, "registry.wrongStakeVault");
  return () => {
    Object.assign(node, {
      exists: true,
      status: Status.Active,
      registeredAt: model.now,
      lockUntil: model.now + model.registry.lockSeconds,
      yieldClaimedAt: model.now,
    });
    model.tokens.set(node.stakeVault, { owner: node.name, mint: "mint", amount: 0n, open: true });
  };
};

export const updateNode: Rule = (given) => {
  const node = ownNode(given);
  given.unless(given.label("identity") !== "" && given.label("fingerprint") !== "", "registry.fieldEmpty");
  if (node === undefined) return undefined;
  given.unless(node.status === Status.Active || node.status === Status.Suspended, "registry.illegalStatus");
  return () => {};
};
