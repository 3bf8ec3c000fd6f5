import type { Choices, Target } from "./calls.ts";
import { ALIEN_ACCOUNTS, NODES } from "./cast.ts";
import { loser } from "./model/escrow-parts.ts";
import { timesOutAt } from "./model/escrow-payment.ts";
import { Decision, type Escrow, Fault, type Node, State, Status } from "./model/state.ts";
import { Disagreement, type Player } from "./player.ts";

const STRANGER: Choices = { who: 0, what: 0, amount: 1n };

/**
 * The end of every sequence: the coordinator is gone, and so are arbiter and admin. Each escrow must end by time and by
 * what anybody or its own parties can send; then each node must get its stake back. A party that closed its token
 * accounts opens one again only where it is itself the one that gets something.
 */
export function leave(player: Player): void {
  player.story.push("— from here on without coordinator, arbiter and admin —");
  for (const escrow of player.model.escrows.values()) {
    if (!escrow.exists) continue;
    end(player, escrow);
    report(player, escrow);
    close(player, escrow);
  }
  for (const wallet of NODES) {
    const node = player.model.nodes.get(`${wallet}.account`) as Node;
    if (node.exists) withdraw(player, node);
  }
  player.compareAll();
}

/** Takes an escrow to Settled by what anybody can send. */
export function end(player: Player, escrow: Escrow): void {
  const target = targetOf(player, escrow);
  switch (escrow.state) {
    case State.Empty:
    case State.Settled:
      return;
    case State.Resolved:
    case State.Appealed: {
      const appealed = escrow.state === State.Appealed;
      if (paysNode(escrow)) giveAccount(player, escrow.node);
      waitUntil(player, appealed ? escrow.decisionUntil : escrow.appealUntil);
      must(player, "escrow", "executeDecision", target);
      return;
    }
    default:
      waitUntil(player, timesOutAt(escrow) ?? player.model.now);
      must(player, "escrow", "timeoutRefund", target);
  }
}

/** Does carrying out the first decision need an account of the node's? */
function paysNode(escrow: Escrow): boolean {
  const appellantIsNode = escrow.deposit > 0n && loser(escrow) === escrow.node;
  return escrow.decision === Decision.ForNode || appellantIsNode;
}

export function report(player: Player, escrow: Escrow): void {
  if (escrow.reported !== 1) return;
  must(player, "escrow", escrow.fault === Fault.None ? "reportOutcome" : "reportFault", targetOf(player, escrow));
}

/** The payer empties and closes the slot, which needs an account of its own. */
function close(player: Player, escrow: Escrow): void {
  giveAccount(player, escrow.payer);
  waitUntil(player, escrow.nonce + 1_201n);
  const call = player.calls.honest("escrow", "closeSlot", player.model, targetOf(player, escrow), STRANGER);
  const accounts = { ...call.accounts, payerToken: ownAccount(player, escrow.payer) };
  const taken = player.call(player.calls.withRights({ ...call, accounts }));
  if (!taken) throw new Disagreement(`${escrow.name} cannot be closed`);
}

/** Takes a node's whole stake out. */
function withdraw(player: Player, node: Node): void {
  const { model } = player;
  const target = { escrow: [...model.escrows.values()][0] as Escrow, node };
  if (node.runningJobs > 0) throw new Disagreement(`${node.name} has ${node.runningJobs} jobs that never end`);
  if (node.status === Status.Suspended) {
    waitUntil(player, node.suspendedUntil);
    must(player, "registry", "reinstate", target);
  }
  giveAccount(player, node.wallet);
  const finish = () => {
    waitUntil(player, node.withdrawableAt);
    must(player, "registry", "finishWithdrawal", target);
  };
  if (node.withdrawing > 0n) finish();
  if (node.staked === 0n) return;
  waitUntil(player, node.lockUntil);
  must(player, "registry", "requestWithdrawal", target);
  finish();
}

function targetOf({ model }: Player, escrow: Escrow): Target {
  return { escrow, node: model.nodes.get(`${escrow.node || NODES[0]}.account`) as Node };
}

function waitUntil(player: Player, moment: bigint): void {
  if (player.model.now < moment) player.clock(moment, player.model.slot + 1n);
}

function must(player: Player, program: "escrow" | "registry", name: string, target: Target): void {
  const call = player.calls.honest(program, name, player.model, target, STRANGER);
  if (!player.call(call)) throw new Disagreement(`no way out: ${name} is refused`);
}

/** An open account of the wallet's own. */
function ownAccount({ model }: Player, wallet: string): string {
  const own = [...model.tokens].find(
    ([name, token]) => token.open && token.owner === wallet && !(name in ALIEN_ACCOUNTS) && token.mint === "mint",
  );
  return own?.[0] ?? "";
}

/** If every account of the wallet is closed or somebody else's, it makes another one. */
function giveAccount(player: Player, wallet: string): void {
  if (ownAccount(player, wallet) !== "") return;
  for (const account of [`${wallet}.token`, `${wallet}.spare`]) player.reopen(account, wallet);
  if (ownAccount(player, wallet) === "") player.takeBack(`${wallet}.token`, wallet);
}
