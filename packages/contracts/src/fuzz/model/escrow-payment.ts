import type { Rule } from "./case.ts";
import { earned, inState, onPlatform, pay, refund, settle, theEscrow } from "./escrow-parts.ts";
import { provesCompletion } from "./hashes.ts";
import { type Escrow, Fault, Outcome, State, share } from "./state.ts";

const FLAG_AUTO_RELEASE = 1;

export const completePayment: Rule = (given) => {
  const { model } = given;
  onPlatform(given);
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  const { coordinator } = model.platform;
  given.signedBy("authority", escrow.payer, coordinator, escrow.node);
  const authority = given.account("authority");
  inState(given, escrow, State.Proven);
  const atOnce = authority === escrow.payer || (authority === coordinator && (escrow.flags & FLAG_AUTO_RELEASE) !== 0);
  given.unless(atOnce || model.now >= escrow.anchoredAt + escrow.challengeWindowSeconds, "escrow.challengeWindowOpen");
  const { checkpointHash, siblings } = given.call.args;
  given.unless(
    provesCompletion({
      root: escrow.root,
      leaves: escrow.leafCount,
      result: escrow.resultHash,
      checkpoint: String(checkpointHash),
      siblings: (siblings as readonly string[]) ?? [],
    }),
    "escrow.invalidInclusion",
  );
  const paid = pay(given, escrow, earned(escrow));
  return () => {
    paid();
    settle(given, escrow, Outcome.Completed);
  };
};

export const approvePayment: Rule = (given) => {
  onPlatform(given);
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  given.signedBy("payer", escrow.payer);
  inState(given, escrow, State.Running, State.Committed, State.Proven, State.Disputed);
  const paid = pay(given, escrow, earned(escrow));
  return () => {
    paid();
    settle(given, escrow, Outcome.Approved);
  };
};

export const cancelRunning: Rule = (given) => {
  const { model } = given;
  onPlatform(given);
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  given.signedBy("authority", escrow.payer, model.platform.coordinator);
  inState(given, escrow, State.Running);
  given.unless(given.number("leafCount") === escrow.leafCount, "escrow.rootMismatch");
  // Checkpoints pay here without a proof, so the payer's time to object counts as for one; without any, from the start.
  const atOnce = given.account("authority") === escrow.payer || (escrow.flags & FLAG_AUTO_RELEASE) !== 0;
  const shown = escrow.leafCount === 0 ? escrow.startedAt : escrow.anchoredAt;
  given.unless(atOnce || model.now >= shown + escrow.challengeWindowSeconds, "escrow.challengeWindowOpen");
  // Otherwise whoever cancels could name an account that cannot take tokens, and the work would cost nothing.
  given.unless(given.belongsTo("nodeToken", escrow.node), "escrow.wrongNodeToken");
  const done = (escrow.amount * BigInt(escrow.leafCount)) / BigInt(escrow.checkpoints);
  const toNode = done + share(escrow.amount - done, escrow.cancelFeeBps);
  const paid = pay(given, escrow, { toNode, toTreasury: 0n, deposit: "payer" });
  return () => {
    paid();
    settle(given, escrow, Outcome.CancelledRunning);
  };
};

export const refundEscrow: Rule = (given) => {
  const { model } = given;
  onPlatform(given);
  given.signedBy("coordinator", model.platform.coordinator);
  const escrow = theEscrow(given);
  if (escrow === undefined) return undefined;
  inState(given, escrow, State.Created, State.Running, State.Committed, State.Proven);
  const fault = given.number("fault");
  given.unless(fault <= Fault.InvalidProof, "escrow.parameterOutOfRange");
  given.unless(fault === Fault.None || escrow.startedAt > 0n, "escrow.parameterOutOfRange");
  given.unless(
    fault !== Fault.InvalidProof || escrow.state === State.Committed || escrow.state === State.Proven,
    "escrow.parameterOutOfRange",
  );
  const refunded = refund(given, escrow, false);
  return () => {
    refunded();
    settle(given, escrow, Outcome.Refunded, fault);
  };
};

/** From when on anybody may send a job's tokens back; `undefined` for states that end in another way. */
export function timesOutAt(escrow: Escrow): bigint | undefined {
  const grace = escrow.challengeWindowSeconds;
  switch (escrow.state) {
    case State.Created:
    case State.Running:
      return escrow.deadline;
    case State.Committed:
      return escrow.deadline + grace;
    case State.Proven: {
      const proven = escrow.anchoredAt + grace;
      return (escrow.deadline > proven ? escrow.deadline : proven) + grace;
    }
    case State.Disputed:
      return escrow.decisionUntil;
    default:
      return undefined;
  }
}

/** The rule for a given idea of when jobs time out; a test plants a wrong one. */
export const timeoutRule =
  (timeOf: typeof timesOutAt): Rule =>
  (given) => {
    given.unless(given.signs("caller"), "escrow.wrongSigner");
    const escrow = theEscrow(given);
    if (escrow === undefined) return undefined;
    const until = timeOf(escrow);
    if (until === undefined) given.unless(false, "escrow.illegalState");
    else given.unless(given.model.now >= until, "escrow.deadlineNotPassed");
    const refunded = refund(given, escrow, given.account("caller") === escrow.payer);
    return () => {
      const failed = escrow.state === State.Running || escrow.state === State.Committed;
      refunded();
      settle(given, escrow, Outcome.TimedOut, failed ? Fault.Failed : Fault.None);
    };
  };

export const timeoutRefund = timeoutRule(timesOutAt);
