import type { Rule } from "./case.ts";
import { byWorker, inState, onPlatform, theEscrow } from "./escrow-parts.ts";
import { commitmentLabel } from "./hashes.ts";
import { type Escrow, State } from "./state.ts";

const MAXIMUM_PROOFS = 2;

/** Until when a proof may be committed: to replace one, while that can be challenged and the new one be revealed. */
function commitUntil({ state, anchoredAt, deadline, challengeWindowSeconds }: Escrow): bigint {
  if (state !== State.Proven) return deadline;
  return (anchoredAt < deadline ? anchoredAt : deadline) + challengeWindowSeconds;
}

export const anchorRoot: Rule = (given) => {
  onPlatform(given);
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  byWorker(given, escrow);
  inState(given, escrow, State.Running);
  given.unless(given.label("root") !== "", "escrow.fieldEmpty");
  const leaves = given.number("leafCount");
  given.unless(leaves > escrow.leafCount, "escrow.rootNotMonotonic");
  given.unless(leaves <= escrow.checkpoints, "escrow.parameterOutOfRange");
  return () => {
    escrow.root = given.label("root");
    escrow.leafCount = leaves;
    escrow.anchoredAt = given.model.now;
  };
};

export const commitProof: Rule = (given) => {
  onPlatform(given);
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  byWorker(given, escrow);
  inState(given, escrow, State.Running, State.Committed, State.Proven);
  given.unless(given.model.now < commitUntil(escrow), "escrow.deadlinePassed");
  given.unless(escrow.proofCount < MAXIMUM_PROOFS, "escrow.tooManyProofs");
  given.unless(given.label("commitment") !== "", "escrow.fieldEmpty");
  return () => {
    escrow.state = State.Committed;
    escrow.proofCount += 1;
    escrow.proofCommitment = given.label("commitment");
    escrow.committedSlot = given.model.slot;
  };
};

export const revealProof: Rule = (given) => {
  const { model } = given;
  onPlatform(given);
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  byWorker(given, escrow);
  inState(given, escrow, State.Committed);
  const [root, leaves, result] = [given.label("root"), given.number("leafCount"), given.label("resultHash")];
  given.unless(model.slot > escrow.committedSlot, "escrow.revealTooEarly");
  given.unless(model.now < escrow.deadline + escrow.challengeWindowSeconds, "escrow.deadlinePassed");
  given.unless(root !== "" && result !== "", "escrow.fieldEmpty");
  given.unless(leaves >= 2 && leaves <= escrow.checkpoints + 1, "escrow.parameterOutOfRange");
  given.unless(leaves > escrow.leafCount || escrow.proofCount === MAXIMUM_PROOFS, "escrow.rootNotMonotonic");
  const expected = commitmentLabel({ escrow: escrow.name, nonce: escrow.nonce, leaves, root, result });
  given.unless(expected === escrow.proofCommitment, "escrow.commitmentMismatch");
  return () => {
    escrow.state = State.Proven;
    escrow.root = root;
    escrow.leafCount = leaves;
    escrow.resultHash = result;
    escrow.anchoredAt = model.now;
  };
};
