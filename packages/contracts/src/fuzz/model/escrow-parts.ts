import type { Case } from "./case.ts";
import { Decision, type Escrow, Fault, move, Outcome, Reported, State, share } from "./state.ts";

/** The escrow an instruction means: there, writable, and of the nonce it names. */
export function theEscrow(given: Case): Escrow | undefined {
  given.writable("escrow");
  const escrow = given.escrowIn();
  if (escrow === undefined) {
    given.unless(false, "escrow.wrongEscrow");
    return undefined;
  }
  given.unless(escrow.nonce === given.big("nonce"), "escrow.wrongNonce");
  return escrow;
}

export function inState(given: Case, escrow: Escrow, ...states: State[]): boolean {
  return given.unless(states.includes(escrow.state), "escrow.illegalState");
}

export function onPlatform(given: Case): void {
  given.is("platform", "platform", "escrow.wrongPlatform");
}

/** Coordinator or node: whoever may speak for the work. */
export function byWorker(given: Case, escrow: Escrow): void {
  given.signedBy("authority", given.model.platform.coordinator, escrow.node);
}

const balance = (given: Case, escrow: Escrow): bigint => given.model.tokens.get(escrow.vault)?.amount ?? 0n;

export function settle(given: Case, escrow: Escrow, outcome: number, fault: number = Fault.None): void {
  escrow.state = State.Settled;
  escrow.outcome = outcome;
  escrow.fault = fault;
  escrow.settledAt = given.model.now;
}

function withVault(given: Case, escrow: Escrow): void {
  given.writable("vault");
  given.is("vault", escrow.vault, "escrow.wrongVault");
  given.is("tokenProgram", "tokenProgram", "escrow.wrongTokenProgram");
}

/** Can the payer's part go where it belongs? Otherwise it stays in the vault, which is the payer's own. */
const payerCanReceive = (given: Case, escrow: Escrow): boolean => given.belongsTo("payerToken", escrow.payer);

/** Everything goes back to the payer: to any account of its own if it signs, else to the one it paid from. */
export function refund(given: Case, escrow: Escrow, payerSigns: boolean): () => void {
  withVault(given, escrow);
  given.writable("payerToken");
  if (payerSigns) given.unless(payerCanReceive(given, escrow), "escrow.wrongPayerToken");
  else given.is("payerToken", escrow.payerToken, "escrow.wrongPayerToken");
  return () => {
    if (payerCanReceive(given, escrow)) {
      move(given.model, escrow.vault, given.account("payerToken"), balance(given, escrow));
    }
  };
}

export interface Payment {
  readonly toNode: bigint;
  readonly toTreasury: bigint;
  /** Whom an appeal's deposit goes to. */
  readonly deposit: "payer" | "node" | "treasury";
}

/**
 * Divides a vault: the shares and the deposit as named, the rest to the payer. Only the node's own account can stand in
 * the way, and only of its own part; what the treasury cannot take is the payer's, what that cannot take stays.
 */
export function pay(given: Case, escrow: Escrow, payment: Payment): () => void {
  const { model } = given;
  const hasTreasury = "treasury" in given.call.accounts;
  withVault(given, escrow);
  if (hasTreasury) given.is("treasury", model.platform.treasury, "escrow.wrongTreasury");
  given.is("payerToken", escrow.payerToken, "escrow.wrongPayerToken");
  const depositOf = (who: Payment["deposit"]) => (payment.deposit === who ? escrow.deposit : 0n);
  const toNode = payment.toNode + depositOf("node");
  const toTreasury = hasTreasury && given.canReceive("treasury") ? payment.toTreasury + depositOf("treasury") : 0n;
  const rest = balance(given, escrow) - toNode - toTreasury;
  const toPayer = payerCanReceive(given, escrow) ? rest : 0n;
  if (toNode > 0n) {
    given.unless(given.belongsTo("nodeToken", escrow.node), "escrow.wrongNodeToken");
    given.writable("nodeToken");
  }
  if (toTreasury > 0n) given.writable("treasury");
  if (toPayer > 0n) given.writable("payerToken");
  return () => {
    move(model, escrow.vault, given.account("nodeToken"), toNode);
    if (hasTreasury) move(model, escrow.vault, given.account("treasury"), toTreasury);
    move(model, escrow.vault, given.account("payerToken"), toPayer);
  };
}

/** The shares of a job that was done. */
export const earned = ({ amount, feeBps }: Escrow): Payment => ({
  toNode: share(amount, 10_000 - feeBps),
  toTreasury: share(amount, feeBps),
  deposit: "payer",
});

/** The party that the present decision is against. */
export const loser = ({ decision, payer, node }: Escrow): string => (decision === Decision.ForNode ? payer : node);

/** Carries out `decision`; the deposit, if there is one, goes back to the appellant or to the treasury. */
export function carryOut(given: Case, escrow: Escrow, decision: number, toAppellant: boolean): () => void {
  const forPayer = decision === Decision.ForPayer;
  const appellant = loser(escrow) === escrow.payer ? "payer" : "node";
  const shares = forPayer ? { toNode: 0n, toTreasury: 0n } : earned(escrow);
  const paid = pay(given, escrow, { ...shares, deposit: toAppellant ? appellant : "treasury" });
  return () => {
    paid();
    escrow.decision = decision;
    const [outcome, fault] = forPayer
      ? [Outcome.ResolvedForPayer, Fault.DisputeLost]
      : [Outcome.ResolvedForNode, Fault.None];
    settle(given, escrow, outcome, fault);
  };
}

/** A job that was started must be reported before its slot is used again. */
export const reportIsDue = (escrow: Escrow): boolean => escrow.reported === Reported.Due;
