import fc from "fast-check";
import type { Calls, Choices, Target } from "./calls.ts";
import { type Cast, ESCROWS, NODES, TOKEN_ACCOUNTS, WALLETS } from "./cast.ts";
import type { Call, Value } from "./model/case.ts";
import { reportIsDue } from "./model/escrow-parts.ts";
import { timesOutAt } from "./model/escrow-payment.ts";
import { type Escrow, Fault, type Model, type Node, State } from "./model/state.ts";
import { TOKEN_DEEDS, type TokenDeed, tokenDeed } from "./token-deeds.ts";

const CYXWIZ = 1_000_000_000n;
const AMOUNTS = [
  ...[1n, 3n, 10n * CYXWIZ - 1n, 10n * CYXWIZ, 12_345_678_901n, 50n * CYXWIZ - 1n, 50n * CYXWIZ],
  ...[199_999_999_999n, 200n * CYXWIZ, 333n * CYXWIZ + 1n, 0n, 2n ** 64n - 1n],
];

const TWISTS = ["none", "actor", "account", "signature", "change", "argument"] as const;

/** One step as fast-check makes and shrinks it: small choices, given a meaning by the state it meets. */
export interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly escrow: number;
  readonly node: number;
  readonly pick: number;
  readonly who: number;
  readonly what: number;
  readonly amount: number;
  readonly twist: (typeof TWISTS)[number];
  readonly twistAt: number;
  readonly twistTo: number;
}

const KINDS = ["likely", "time", "slot", "node", "any", "token", "admin"] as const;

const weighted = <T>(...choices: readonly (readonly [number, T])[]) =>
  fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

/** Most steps make sense where they are; a third are attacks or mistakes. */
export const step: fc.Arbitrary<Step> = fc.record({
  kind: weighted([60, "likely"], [9, "time"], [5, "slot"], [11, "node"], [8, "any"], [5, "token"], [2, "admin"]),
  // Half of all steps are about one escrow, so that it gets far.
  escrow: weighted([5, 0], [2, 1], [2, 2], [1, 3]),
  node: fc.nat(NODES.length - 1),
  pick: fc.nat(63),
  who: fc.nat(7),
  what: fc.nat(63),
  amount: weighted(...AMOUNTS.map((amount, index) => [amount === 0n || amount > 10n ** 15n ? 1 : 3, index] as const)),
  twist: weighted([72, "none"], [7, "actor"], [10, "account"], [3, "signature"], [3, "change"], [5, "argument"]),
  twistAt: fc.nat(31),
  twistTo: fc.nat(255),
});

const SIMPLEST = { escrow: 0, node: 0, who: 0, what: 0, amount: 0 };

/** The step with one of its choices made simpler, each in turn. */
export function* simplerSteps(given: Step): Iterable<Step> {
  if (given.twist !== "none") yield { ...given, twist: "none", twistAt: 0, twistTo: 1 };
  for (const choice of ["what", "who", "amount", "escrow", "node"] as const) {
    if (given[choice] !== SIMPLEST[choice]) yield { ...given, [choice]: SIMPLEST[choice] };
  }
}

/** What a step means in a state. */
export type Deed =
  | { readonly kind: "call"; readonly call: Call }
  | { readonly kind: "clock"; readonly now: bigint; readonly slot: bigint }
  | { readonly kind: "token"; readonly deed: TokenDeed }
  | { readonly kind: "nothing" };

const times = (count: number, name: string): string[] => new Array<string>(count).fill(name);

/** What usually comes next, from each state; what comes more often is named more often. */
const LIKELY: Readonly<Record<State, readonly string[]>> = {
  [State.Empty]: ["createEscrow"],
  [State.Created]: [...times(7, "startEscrow"), "cancelEscrow", "timeoutRefund", "refundEscrow", "extendEscrow"],
  [State.Running]: [
    ...times(6, "commitProof"),
    ...times(3, "anchorRoot"),
    ...["openDispute", "cancelRunning", "approvePayment", "refundEscrow", "timeoutRefund", "extendEscrow"],
  ],
  [State.Committed]: [
    ...times(8, "revealProof"),
    ...["commitProof", "openDispute", "approvePayment", "refundEscrow", "timeoutRefund", "extendEscrow"],
  ],
  [State.Proven]: [
    ...times(5, "completePayment"),
    ...times(2, "openDispute"),
    ...["commitProof", "approvePayment", "refundEscrow", "timeoutRefund"],
  ],
  [State.Disputed]: [
    ...times(3, "resolveDispute"),
    ...["submitEvidence", "submitEvidence", "timeoutRefund", "approvePayment"],
  ],
  [State.Resolved]: [...times(3, "appeal"), ...times(2, "executeDecision")],
  [State.Appealed]: [...times(2, "resolveDispute"), "submitEvidence", "executeDecision"],
  [State.Settled]: [...times(4, "createEscrow"), "closeSlot", "collectLeftover"],
};
const LIKELY_WHEN_DUE = ["report", "report", "report", "report", "createEscrow", "closeSlot", "collectLeftover"];
const NODE_CALLS = [
  ...["stake", "stake", "register", "requestWithdrawal", "requestWithdrawal", "finishWithdrawal", "finishWithdrawal"],
  ...["cancelWithdrawal", "reinstate", "claimRewards", "slash", "updateNode", "jobStarted", "jobEnded", "slashForJob"],
];
const ADMIN_CALLS: readonly (readonly [Call["program"], string])[] = [
  ["escrow", "setPaused"],
  ["escrow", "updatePlatform"],
  ["escrow", "setPlatformAuthorities"],
  ["escrow", "proposePlatformAdmin"],
  ["escrow", "acceptPlatformAdmin"],
  ["registry", "setRegistryPaused"],
  ["registry", "updateRegistry"],
  ["registry", "updateRegistry"],
  ["registry", "setRegistryAuthorities"],
  ["registry", "openRewards"],
  ["registry", "proposeRegistryAdmin"],
  ["registry", "acceptRegistryAdmin"],
];
const ANY_CALLS = [...new Set([...Object.values(LIKELY).flat(), "report"])];

const at = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

export function targetOf(model: Model, { escrow, node }: Pick<Step, "escrow" | "node">): Target {
  return {
    escrow: model.escrows.get(at(ESCROWS, escrow).name) as Escrow,
    node: model.nodes.get(`${at(NODES, node)}.account`) as Node,
  };
}

/** Gives a step its meaning. */
export function deedOf(given: Step, model: Model, calls: Calls, cast: Cast): Deed {
  const target = targetOf(model, given);
  switch (given.kind) {
    case "time":
      return { kind: "clock", now: laterThan(model, target, given), slot: model.slot + 1n };
    case "slot":
      return { kind: "clock", now: model.now + BigInt(given.what), slot: model.slot + 1n + BigInt(given.pick % 3) };
    case "token": {
      const deed = tokenDeed(at(TOKEN_DEEDS, given.pick), model, given.twistTo, AMOUNTS[given.amount] as bigint);
      return deed === undefined ? { kind: "nothing" } : { kind: "token", deed };
    }
    default: {
      const waiting = given.kind === "likely" && given.twistTo % 3 === 0 ? wait(model, target.escrow) : undefined;
      if (waiting !== undefined) return waiting;
      const [program, name] = nameOf(given, target);
      const choices: Choices = { who: given.who, what: given.what, amount: AMOUNTS[given.amount] as bigint };
      return { kind: "call", call: twisted(calls.honest(program, name, model, target, choices), given, calls, cast) };
    }
  }
}

const stateOf = (escrow: Escrow): State => (escrow.exists ? escrow.state : State.Empty);

/** What has to pass before the usual next step is possible, if anything. */
function wait(model: Model, escrow: Escrow): Deed | undefined {
  const until = (now: bigint): Deed => ({ kind: "clock", now, slot: model.slot + 1n });
  switch (stateOf(escrow)) {
    case State.Committed:
      return model.slot > escrow.committedSlot ? undefined : until(model.now);
    case State.Disputed:
    case State.Appealed:
      return model.now < escrow.evidenceUntil ? until(escrow.evidenceUntil) : undefined;
    default:
      return undefined;
  }
}

function nameOf({ kind, pick }: Step, { escrow }: Target): readonly [Call["program"], string] {
  if (kind === "node") return ["registry", at(NODE_CALLS, pick)];
  if (kind === "admin") return at(ADMIN_CALLS, pick);
  const likely = reportIsDue(escrow) && escrow.state === State.Settled ? LIKELY_WHEN_DUE : LIKELY[stateOf(escrow)];
  const name = at(kind === "any" ? ANY_CALLS : likely, pick);
  return ["escrow", name === "report" ? (escrow.fault === Fault.None ? "reportOutcome" : "reportFault") : name];
}

/** The next moments at which something becomes possible or impossible, or the second before or after. */
function laterThan(model: Model, { escrow, node }: Target, { pick, what }: Step): bigint {
  const { registry } = model;
  const moments = [
    ...[escrow.deadline, timesOutAt(escrow), escrow.evidenceUntil, escrow.decisionUntil, escrow.appealUntil],
    ...[escrow.anchoredAt + escrow.challengeWindowSeconds, escrow.deadline + escrow.challengeWindowSeconds],
    ...[escrow.exists ? escrow.nonce + 1_200n : undefined, node.lockUntil, node.suspendedUntil],
    ...[node.withdrawing > 0n ? node.withdrawableAt : undefined],
    ...[node.registeredAt + registry.yieldAfterSeconds, node.lastSlashedAt + registry.yieldAfterSeconds],
    ...[node.lastSlashedAt + registry.failureWindowSeconds],
  ];
  const shift = BigInt(what % 3) - 1n;
  const ahead = moments.flatMap((moment) =>
    moment !== undefined && moment + shift > model.now ? [moment + shift] : [],
  );
  ahead.push(model.now + 30n);
  // Mostly the nearest: a far one ends every job under way.
  const which = at([0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4], pick);
  return ahead.sort((a, b) => (a < b ? -1 : 1))[Math.min(which, ahead.length - 1)] ?? model.now;
}

const isTokenRole = (role: string): boolean => /token$|treasury|vault|insurance/i.test(role);

/** Where an admin may try to send fees; one who means the payers' accounts only mixes up who got what. */
const TREASURIES = ["treasury", "insurance", "stranger.token", "admin.token", "payer0.alien", "node0.account", "mint"];

/** The call with one thing wrong, or what its sender hopes is not seen. */
function twisted(call: Call, given: Step, calls: Calls, cast: Cast): Call {
  const { accounts } = calls.spec(call);
  const changed = (role: string, name: string) =>
    calls.withRights({ ...call, accounts: { ...call.accounts, [role]: name } });
  switch (given.twist) {
    case "actor": {
      const signers = accounts.filter(({ signer }) => signer);
      return signers.length === 0 ? call : changed(at(signers, given.twistAt).name, at(WALLETS, given.twistTo));
    }
    case "account": {
      const role = at(accounts, given.twistAt).name;
      const all = [...cast.names()].filter((name) => name !== "fees");
      if (/^set\w+Authorities$/.test(call.name) && isTokenRole(role))
        return changed(role, at(TREASURIES, given.twistTo));
      const tokens = [...Object.keys(TOKEN_ACCOUNTS), ...all.filter((name) => /vault$|stake$|alien$/.test(name))];
      return changed(role, at(isTokenRole(role) && given.what % 4 > 0 ? tokens : all, given.twistTo));
    }
    case "signature": {
      const signers = accounts.filter(({ signer }) => signer);
      return signers.length === 0 ? call : calls.withRights(call, { signature: at(signers, given.twistAt).name });
    }
    case "change": {
      const changing = accounts.filter(({ writable }) => writable);
      return changing.length === 0 ? call : calls.withRights(call, { change: at(changing, given.twistAt).name });
    }
    case "argument":
      return withWrongArgument(call, given);
    default:
      return call;
  }
}

function withWrongArgument(call: Call, { twistAt, twistTo, amount }: Step): Call {
  const names = Object.keys(call.args);
  const name = at(names, twistAt);
  const value = call.args[name];
  if (names.length === 0 || value === undefined) return call;
  return { ...call, args: { ...call.args, [name]: wrong(name, value, twistTo, AMOUNTS[amount] as bigint) } };
}

function wrong(name: string, value: Value, to: number, amount: bigint): Value {
  if (typeof value === "bigint") {
    const choices = [
      value + 1n,
      value > 0n ? value - 1n : 0n,
      0n,
      amount,
      name === "deadline" ? 2n ** 63n - 1n : 2n ** 64n - 1n,
    ];
    return at(choices, to);
  }
  if (typeof value === "number") {
    const limit = name === "checkpoints" || name === "leafCount" || name === "slot" ? 0xffff_ffff : 255;
    return at([value + 1, Math.max(0, value - 1), 0, limit], to);
  }
  // An admin who lets another program speak for the escrows cuts off those that there are.
  if (/Program$/.test(name)) return value;
  if (/coordinator|arbiter|newAdmin|identity|escrow/.test(name)) return at(["", "stranger", "payer1"], to);
  if (typeof value === "string") return at(["", `forged${to % 5}`], to);
  if (name !== "siblings") return value;
  return at([[], [...value, "forged0"], value.slice(1), [...value].reverse()], to);
}
