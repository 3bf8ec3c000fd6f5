import type { Rule } from "./case.ts";
import { inState, onPlatform, refund, reportIsDue, settle, theEscrow } from "./escrow-parts.ts";
import { type Escrow, Fault, move, Outcome, Reported, State, Status } from "./state.ts";

const FLAG_AUTO_RELEASE = 1;
const U32_MAX = 0xffff_ffff;
const NEW_SLOT_TOLERANCE = 600n;
const SLOT_AGE = 1_200n;
const DIAMOND = 3;
const CYXWIZ = 1_000_000_000n;

/** The stake a node needs; as in the economy's rules, written down once more. */
function minimumStake(amount: bigint): bigint {
  if (amount < 10n * CYXWIZ) return 50n * CYXWIZ;
  if (amount < 50n * CYXWIZ) return 200n * CYXWIZ;
  if (amount < 200n * CYXWIZ) return 1_000n * CYXWIZ;
  return 5_000n * CYXWIZ;
}

/** The slot the call names, if its account and vault are those of payer and slot. */
function slotOf(given: Parameters<Rule>[0]): Escrow | undefined {
  const escrow = given.model.escrows.get(given.account("escrow"));
  const right = escrow?.payer === given.account("payer") && escrow.slot === given.number("slot");
  if (!right || escrow === undefined) {
    given.unless(false, "escrow.wrongEscrow");
    return undefined;
  }
  given.is("vault", escrow.vault, "escrow.wrongVault");
  return escrow;
}

export const createEscrow: Rule = (given) => {
  const { model } = given;
  const { platform } = model;
  const [payer, amount, nonce] = [given.account("payer"), given.big("amount"), given.big("nonce")];
  given.unless(given.signs("payer"), "escrow.wrongSigner");
  given.writable("payerToken", "vault", "escrow");
  given.is("tokenProgram", "tokenProgram", "escrow.wrongTokenProgram");
  onPlatform(given);
  given.unless(platform.paused === 0, "escrow.paused");
  given.is("mint", "mint", "escrow.wrongMint");
  given.unless(given.belongsTo("payerToken", payer), "escrow.wrongPayerToken");
  const node = given.nodeIn("node");
  if (given.unless(node !== undefined, "escrow.wrongNode") && node !== undefined) {
    given.unless(node.status === Status.Active, "escrow.nodeNotActive");
    given.unless(node.staked >= minimumStake(amount), "escrow.stakeTooSmall");
    given.unless(node.wallet !== payer, "escrow.payerIsNode");
  }
  given.unless(amount > 0n, "escrow.amountZero");
  given.unless((given.number("flags") & ~FLAG_AUTO_RELEASE) === 0, "escrow.unknownFlag");
  given.unless(given.label("jobId") !== "", "escrow.fieldEmpty");
  const checkpoints = given.number("checkpoints");
  given.unless(checkpoints >= 1 && checkpoints < U32_MAX, "escrow.parameterOutOfRange");
  const remaining = given.time("deadline") - model.now;
  given.unless(
    remaining >= platform.minimumTimeoutSeconds && remaining <= platform.timeoutSeconds,
    "escrow.deadlineOutOfRange",
  );
  const escrow = slotOf(given);
  if (escrow === undefined) return undefined;
  if (escrow.exists) {
    inState(given, escrow, State.Settled);
    given.unless(nonce === escrow.nonce + 1n, "escrow.wrongNonce");
    given.unless(!reportIsDue(escrow), "escrow.outcomeNotReported");
  } else {
    const away = nonce > model.now ? nonce - model.now : model.now - nonce;
    given.unless(away <= NEW_SLOT_TOLERANCE, "escrow.nonceOutOfRange");
    given.unless(given.call.writable.has(payer) && given.account("systemProgram") === "systemProgram", "runtime");
  }
  given.unless((given.tokenIn("payerToken")?.amount ?? 0n) >= amount, "token.insufficientFunds");
  return () => {
    if (!escrow.exists) {
      const there = model.tokens.get(escrow.vault)?.amount ?? 0n;
      model.tokens.set(escrow.vault, { owner: escrow.name, mint: "mint", amount: there, open: true });
    }
    Object.assign(escrow, {
      exists: true,
      state: State.Created,
      outcome: Outcome.None,
      flags: given.number("flags"),
      proofCount: 0,
      feeBps: node?.tier === DIAMOND ? platform.diamondFeeBps : platform.feeBps,
      cancelFeeBps: platform.cancelFeeBps,
      nonce,
      amount,
      deposit: 0n,
      createdAt: model.now,
      deadline: given.big("deadline"),
      startedAt: 0n,
      anchoredAt: 0n,
      settledAt: 0n,
      challengeWindowSeconds: platform.challengeWindowSeconds,
      evidenceWindowSeconds: platform.evidenceWindowSeconds,
      arbitrationWindowSeconds: platform.arbitrationWindowSeconds,
      appealWindowSeconds: platform.appealWindowSeconds,
      appealDeposit: platform.appealDeposit,
      leafCount: 0,
      checkpoints,
      appealCount: 0,
      evidenceUntil: 0n,
      appealUntil: 0n,
      decisionUntil: 0n,
      payerToken: given.account("payerToken"),
      node: node?.wallet ?? "",
      root: "",
      resultHash: "",
      proofCommitment: "",
      committedSlot: 0n,
      payerEvidence: "",
      nodeEvidence: "",
      disputedBy: "",
      decision: 0,
      fault: Fault.None,
      termsHash: given.label("termsHash"),
      reported: Reported.Nothing,
    } satisfies Partial<Escrow>);
    move(model, given.account("payerToken"), escrow.vault, amount);
  };
};

export const startEscrow: Rule = (given) => {
  const { model } = given;
  onPlatform(given);
  given.is("registry", "registry", "registry.wrongRegistry");
  given.is("registryProgram", "registryProgram", "escrow.wrongRegistry");
  // The runtime itself lets no program pass on a right that it was not given.
  given.unless(given.call.writable.has(given.account("nodeAccount")), "runtime");
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  given.signedBy("node", escrow.node);
  inState(given, escrow, State.Created);
  given.unless(model.now < escrow.deadline, "escrow.deadlinePassed");
  const node = given.nodeIn("nodeAccount");
  if (!given.unless(node?.wallet === escrow.node, "escrow.wrongNode") || node === undefined) return undefined;
  given.unless(node.status === Status.Active, "registry.illegalStatus");
  return () => {
    escrow.state = State.Running;
    escrow.startedAt = model.now;
    escrow.reported = Reported.Due;
    node.runningJobs += 1;
  };
};

export const extendEscrow: Rule = (given) => {
  const { model } = given;
  onPlatform(given);
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  const deadline = given.time("deadline");
  given.signedBy("payer", escrow.payer);
  inState(given, escrow, State.Created, State.Running, State.Committed);
  given.unless(model.now < escrow.deadline, "escrow.deadlinePassed");
  given.unless(
    deadline > escrow.deadline && deadline <= model.now + model.platform.timeoutSeconds,
    "escrow.deadlineOutOfRange",
  );
  return () => {
    escrow.deadline = deadline;
  };
};

export const cancelEscrow: Rule = (given) => {
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  given.signedBy("payer", escrow.payer);
  inState(given, escrow, State.Created);
  const refunded = refund(given, escrow, true);
  return () => {
    refunded();
    settle(given, escrow, Outcome.Cancelled);
  };
};

export const closeSlot: Rule = (given) => {
  const { model } = given;
  given.writable("escrow", "payer", "vault");
  given.is("tokenProgram", "tokenProgram", "escrow.wrongTokenProgram");
  const escrow = given.escrowIn();
  if (!given.unless(escrow !== undefined, "escrow.wrongEscrow") || escrow === undefined) return undefined;
  given.signedBy("payer", escrow.payer);
  inState(given, escrow, State.Settled);
  given.is("vault", escrow.vault, "escrow.wrongVault");
  given.unless(!reportIsDue(escrow), "escrow.outcomeNotReported");
  given.unless(model.now > escrow.nonce + SLOT_AGE, "escrow.slotTooYoung");
  const vault = model.tokens.get(escrow.vault);
  const left = vault?.amount ?? 0n;
  if (left > 0n) {
    given.unless(given.belongsTo("payerToken", escrow.payer), "escrow.wrongPayerToken");
    given.unless(given.call.writable.has(given.account("payerToken")), "escrow.notWritable", "runtime");
  }
  return () => {
    move(model, escrow.vault, given.account("payerToken"), left);
    if (vault !== undefined) vault.open = false;
    escrow.exists = false;
  };
};

export const collectLeftover: Rule = (given) => {
  const { model } = given;
  given.writable("vault", "payerToken");
  given.is("tokenProgram", "tokenProgram", "escrow.wrongTokenProgram");
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  given.signedBy("payer", escrow.payer);
  inState(given, escrow, State.Settled);
  given.is("vault", escrow.vault, "escrow.wrongVault");
  const left = model.tokens.get(escrow.vault)?.amount ?? 0n;
  if (left > 0n) given.unless(given.belongsTo("payerToken", escrow.payer), "escrow.wrongPayerToken");
  else given.unless(false, "escrow.amountZero");
  return () => move(model, escrow.vault, given.account("payerToken"), left);
};
