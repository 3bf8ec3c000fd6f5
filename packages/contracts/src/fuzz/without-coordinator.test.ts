import { describe, expect, test } from "vitest";
import { Arena } from "./campaign.ts";
import { NODES } from "./cast.ts";
import { end, report } from "./exits.ts";
import { Decision, type Escrow, Fault, type Node, Outcome, State } from "./model/state.ts";
import type { Player } from "./player.ts";

const CYXWIZ = 1_000_000_000n;
const AMOUNT = 40n * CYXWIZ + 1n;
const DEPOSIT = 100n * CYXWIZ;

const arena = await Arena.open();

/** Leads payer0's first slot to a state without the coordinator, who has lost its key, ever acting. */
function lead(player: Player, to: State, decision: number = Decision.ForPayer): Escrow {
  const escrow = player.model.escrows.get("payer0/0") as Escrow;
  const node = player.model.nodes.get(`${NODES[0]}.account`) as Node;
  const send = (name: string, args: Record<string, number | bigint> = {}, who = 0) => {
    const choices = { who, what: 3, amount: AMOUNT };
    const call = player.calls.honest("escrow", name, player.model, { escrow, node }, choices);
    expect(player.call({ ...call, args: { ...call.args, ...args } }), player.story.join("\n")).toBe(true);
  };
  const path: readonly (readonly [State, () => void])[] = [
    [State.Created, () => send("createEscrow")],
    [State.Running, () => send("startEscrow")],
    [State.Committed, () => send("commitProof")],
    [State.Proven, () => reveal(player, send)],
    [State.Disputed, () => send("openDispute")],
    [State.Resolved, () => resolve(player, escrow, decision, send)],
    [State.Appealed, () => send("appeal")],
  ];
  if (to !== State.Empty)
    for (const [state, step] of path) {
      step();
      expect(escrow.state).toBe(state);
      if (state === to) break;
    }
  return escrow;
}

function reveal(player: Player, send: (name: string) => void): void {
  player.clock(player.model.now, player.model.slot + 1n);
  send("revealProof");
}

function resolve(
  player: Player,
  escrow: Escrow,
  decision: number,
  send: (name: string, args: Record<string, number>) => void,
): void {
  player.clock(escrow.evidenceUntil, player.model.slot + 1n);
  send("resolveDispute", { decision });
}

const purse = ({ model }: Player, wallet: string): bigint =>
  [...model.tokens.values()].reduce((sum, { owner, amount }) => sum + (owner === wallet ? amount : 0n), 0n);

/** Who has how much more than before: payer, node, treasury, and the node's stake. */
function gains(player: Player, before: readonly bigint[]): readonly bigint[] {
  return wealth(player).map((amount, index) => amount - (before[index] ?? 0n));
}
const wealth = (player: Player): readonly bigint[] => [
  purse(player, "payer0"),
  purse(player, "node0"),
  player.model.tokens.get("treasury")?.amount ?? 0n,
  player.model.nodes.get("node0.account")?.staked ?? 0n,
];

// node0 is a diamond node: the fee is 8%.
const FEE = (AMOUNT * 800n) / 10_000n;
const SHARE = (AMOUNT * 9_200n) / 10_000n;
const REST = AMOUNT - FEE - SHARE;
const STAKE = 5_000n * CYXWIZ;

interface Ending {
  readonly state: State;
  readonly decision?: number;
  readonly outcome: number;
  readonly fault: number;
  /** From the moment before the escrow was made: payer, node, treasury, stake. */
  readonly gains: readonly bigint[];
}

const endings: Readonly<Record<string, Ending>> = {
  Created: { state: State.Created, outcome: Outcome.TimedOut, fault: Fault.None, gains: [0n, 0n, 0n, 0n] },
  Running: {
    state: State.Running,
    outcome: Outcome.TimedOut,
    fault: Fault.Failed,
    gains: [0n, 0n, 0n, -STAKE / 10n],
  },
  Committed: {
    state: State.Committed,
    outcome: Outcome.TimedOut,
    fault: Fault.Failed,
    gains: [0n, 0n, 0n, -STAKE / 10n],
  },
  Proven: { state: State.Proven, outcome: Outcome.TimedOut, fault: Fault.None, gains: [0n, 0n, 0n, 0n] },
  Disputed: { state: State.Disputed, outcome: Outcome.TimedOut, fault: Fault.None, gains: [0n, 0n, 0n, 0n] },
  "Resolved for the payer": {
    state: State.Resolved,
    outcome: Outcome.ResolvedForPayer,
    fault: Fault.DisputeLost,
    gains: [STAKE / 4n, 0n, 0n, -STAKE / 2n],
  },
  "Resolved for the node": {
    state: State.Resolved,
    decision: Decision.ForNode,
    outcome: Outcome.ResolvedForNode,
    fault: Fault.None,
    gains: [REST - AMOUNT, SHARE, FEE, 0n],
  },
  "Appealed by the node": {
    state: State.Appealed,
    outcome: Outcome.ResolvedForPayer,
    fault: Fault.DisputeLost,
    gains: [STAKE / 4n, 0n, 0n, -STAKE / 2n],
  },
  "Appealed by the payer": {
    state: State.Appealed,
    decision: Decision.ForNode,
    outcome: Outcome.ResolvedForNode,
    fault: Fault.None,
    gains: [REST - AMOUNT, SHARE, FEE, 0n],
  },
};

describe("with the coordinator's key lost, an escrow ends by what a stranger can send", () => {
  test.each(Object.keys(endings))("%s", (name) => {
    const { state, decision, outcome, fault, gains: expected } = endings[name]!;
    const player = arena.player();
    const before = wealth(player);
    const escrow = lead(player, state, decision);
    const held = player.model.tokens.get(escrow.vault)?.amount;
    expect(held).toBe(AMOUNT + (state === State.Appealed ? DEPOSIT : 0n));
    end(player, escrow);
    report(player, escrow);
    expect([escrow.state, escrow.outcome, escrow.fault]).toEqual([State.Settled, outcome, fault]);
    expect(gains(player, before)).toEqual(expected);
    expect(player.model.tokens.get(escrow.vault)?.amount).toBe(0n);
  });

  test("Proven, if the node asks for its pay itself", () => {
    const player = arena.player();
    const before = wealth(player);
    const escrow = lead(player, State.Proven);
    player.clock(escrow.anchoredAt + escrow.challengeWindowSeconds, player.model.slot + 1n);
    const node = player.model.nodes.get("node0.account") as Node;
    const byNode = { who: 1, what: 0, amount: 0n };
    expect(player.call(player.calls.honest("escrow", "completePayment", player.model, { escrow, node }, byNode))).toBe(
      true,
    );
    expect(escrow.outcome).toBe(Outcome.Completed);
    expect(gains(player, before)).toEqual([REST - AMOUNT, SHARE, FEE, 0n]);
  });

  test.each(["Empty", "Settled"] as const)("%s: there is nothing to end, and the slot is free", (name) => {
    const player = arena.player();
    const escrow = player.model.escrows.get("payer0/0") as Escrow;
    if (name === "Settled") {
      lead(player, State.Created);
      end(player, escrow);
    }
    lead(player, State.Created);
    expect(escrow.state).toBe(State.Created);
  });
});
