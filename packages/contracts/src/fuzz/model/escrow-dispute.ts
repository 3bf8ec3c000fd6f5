import type { Case, Rule } from "./case.ts";
import { carryOut, inState, loser, onPlatform, theEscrow } from "./escrow-parts.ts";
import { Decision, type Escrow, move, State } from "./state.ts";

function byParty(given: Case, escrow: Escrow, role: string): void {
  const party = given.account(role);
  given.unless(given.signs(role), "escrow.wrongSigner");
  given.unless(party === escrow.payer || party === escrow.node, "escrow.notParty");
}

function setEvidence(escrow: Escrow, party: string, evidence: string): void {
  if (party === escrow.payer) escrow.payerEvidence = evidence;
  else escrow.nodeEvidence = evidence;
}

function openEvidence({ model }: Case, escrow: Escrow): void {
  escrow.evidenceUntil = model.now + escrow.evidenceWindowSeconds;
  escrow.decisionUntil = escrow.evidenceUntil + escrow.arbitrationWindowSeconds;
}

export const openDispute: Rule = (given) => {
  const { model } = given;
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  byParty(given, escrow, "party");
  inState(given, escrow, State.Running, State.Committed, State.Proven);
  if (escrow.state === State.Proven) {
    given.unless(model.now < escrow.anchoredAt + escrow.challengeWindowSeconds, "escrow.windowClosed");
  } else given.unless(model.now < escrow.deadline, "escrow.windowClosed");
  given.unless(given.label("evidence") !== "", "escrow.fieldEmpty");
  return () => {
    escrow.state = State.Disputed;
    escrow.disputedBy = given.account("party");
    openEvidence(given, escrow);
    setEvidence(escrow, given.account("party"), given.label("evidence"));
  };
};

export const submitEvidence: Rule = (given) => {
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  byParty(given, escrow, "party");
  inState(given, escrow, State.Disputed, State.Appealed);
  given.unless(given.model.now < escrow.evidenceUntil, "escrow.evidenceClosed");
  given.unless(given.label("evidence") !== "", "escrow.fieldEmpty");
  return () => setEvidence(escrow, given.account("party"), given.label("evidence"));
};

export const resolveDispute: Rule = (given) => {
  const { model } = given;
  onPlatform(given);
  given.is("treasury", model.platform.treasury, "escrow.wrongTreasury");
  given.signedBy("arbiter", model.platform.arbiter);
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  inState(given, escrow, State.Disputed, State.Appealed);
  const decision = given.number("decision");
  given.unless(decision === Decision.ForPayer || decision === Decision.ForNode, "escrow.parameterOutOfRange");
  // After an appeal the evidence of the first round is there, but its winner may want to answer.
  const first = escrow.state === State.Disputed;
  const heard = first && escrow.payerEvidence !== "" && escrow.nodeEvidence !== "";
  given.unless(heard || model.now >= escrow.evidenceUntil, "escrow.evidenceOpen");
  given.unless(model.now < escrow.decisionUntil, "escrow.windowClosed");
  if (first) {
    return () => {
      escrow.state = State.Resolved;
      escrow.decision = decision;
      escrow.appealUntil = model.now + escrow.appealWindowSeconds;
    };
  }
  const carriedOut = carryOut(given, escrow, decision, decision !== escrow.decision);
  return () => {
    carriedOut();
    escrow.appealUntil = model.now;
  };
};

export const appeal: Rule = (given) => {
  const { model } = given;
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  const party = given.account("loser");
  given.unless(given.signs("loser"), "escrow.wrongSigner");
  given.unless(party === loser(escrow), "escrow.notParty");
  inState(given, escrow, State.Resolved);
  given.unless(model.now < escrow.appealUntil, "escrow.windowClosed");
  given.unless(given.label("evidence") !== "", "escrow.fieldEmpty");
  given.writable("vault", "loserToken");
  given.is("vault", escrow.vault, "escrow.wrongVault");
  given.is("tokenProgram", "tokenProgram", "escrow.wrongTokenProgram");
  const deposit = escrow.appealDeposit;
  const token = given.tokenIn("loserToken");
  // What the token program itself would say.
  given.unless(token !== undefined, "runtime", "token.ownerMismatch", "token.insufficientFunds");
  given.unless(token?.mint === "mint", "token.mintMismatch");
  given.unless(token?.owner === party, "token.ownerMismatch");
  given.unless(escrow.amount + deposit < 2n ** 64n, "escrow.overflow");
  given.unless((token?.amount ?? 0n) >= deposit, "token.insufficientFunds");
  return () => {
    move(model, given.account("loserToken"), escrow.vault, deposit);
    escrow.state = State.Appealed;
    escrow.deposit = deposit;
    escrow.appealCount = 1;
    openEvidence(given, escrow);
    setEvidence(escrow, party, given.label("evidence"));
  };
};

export const executeDecision: Rule = (given) => {
  const { model } = given;
  onPlatform(given);
  given.unless(given.signs("caller"), "escrow.wrongSigner");
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  inState(given, escrow, State.Resolved, State.Appealed);
  if (escrow.state === State.Resolved) {
    const conceded = given.account("caller") === loser(escrow);
    given.unless(conceded || model.now >= escrow.appealUntil, "escrow.windowOpen");
  } else given.unless(model.now >= escrow.decisionUntil, "escrow.windowOpen");
  return carryOut(given, escrow, escrow.decision, true);
};
