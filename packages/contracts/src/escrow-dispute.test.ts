import { beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_PLATFORM_PARAMETERS } from "./economy.ts";
import {
  EscrowDecision,
  EscrowOutcome,
  EscrowState,
  getUpdatePlatformInstructionAsync,
  JOB_ESCROW_ERROR__NOT_PARTY,
  JOB_ESCROW_ERROR__WINDOW_OPEN,
  NodeFault,
} from "./generated/job-escrow/index.ts";
import { getNodeDecoder, NodeStatus } from "./generated/node-registry/index.ts";
import { bytes, CYXWIZ, mintTo, World } from "./testing/world.ts";

const DAY = 86_400n;
const DEPOSIT = 100n * CYXWIZ;
const PAID = { node: 6_300_000_000n, treasury: 700_000_000n, vault: 0n };

let world: World;
beforeEach(async () => {
  world = await World.open();
});

/** The payer loses the first round, and appeals. */
async function appealed(): Promise<void> {
  await world.reach("appealed");
  world.chain.nowSeconds += 2n * DAY;
}

describe("the first decision", () => {
  test("waits for an appeal, then anybody carries it out", async () => {
    await world.reach("resolved");
    expect(world.read()).toMatchObject({
      state: EscrowState.Resolved,
      decision: EscrowDecision.ForNode,
      disputedBy: world.payer.address,
      payerEvidence: bytes(0xe1),
      nodeEvidence: bytes(0xe2),
      appealUntil: world.chain.nowSeconds + 7n * DAY,
    });
    world.chain.nowSeconds += 7n * DAY - 1n;
    expect((await world.chain.send(world.admin, await world.execute())).errorCode).toBe(JOB_ESCROW_ERROR__WINDOW_OPEN);
    world.chain.nowSeconds += 1n;
    await world.chain.mustSend(world.admin, await world.execute());
    expect(world.balances()).toEqual({ payer: 993n * CYXWIZ, ...PAID });
    expect(world.read()).toMatchObject({ outcome: EscrowOutcome.ResolvedForNode, fault: NodeFault.None });
  });

  test("is carried out at once when the loser says so, and only then", async () => {
    await world.reach("resolved");
    const byWinner = await world.chain.send(world.node, await world.execute({ caller: world.node }));
    expect(byWinner.errorCode).toBe(JOB_ESCROW_ERROR__WINDOW_OPEN);
    await world.chain.mustSend(world.payer, await world.execute({ caller: world.payer }));
    expect(world.balances()).toMatchObject(PAID);
  });

  test("for the payer gives everything back, and costs the node half of its stake and its place", async () => {
    await world.reach("disputed");
    world.chain.nowSeconds += 2n * DAY;
    await world.chain.mustSend(world.arbiter, await world.resolve({ decision: EscrowDecision.ForPayer }));
    await world.chain.mustSend(world.node, await world.execute({ caller: world.node }));
    expect(world.balances()).toEqual({ payer: 1_000n * CYXWIZ, node: 0n, treasury: 0n, vault: 0n });
    expect(world.read()).toMatchObject({ outcome: EscrowOutcome.ResolvedForPayer, fault: NodeFault.DisputeLost });
    const { events } = await world.chain.mustSend(world.admin, await world.report());
    const slashed = { evidence: bytes(0xe1), escrow: world.escrow, amount: 2_500n * CYXWIZ };
    expect(events).toMatchObject([
      { name: "OutcomeReported", data: { fault: NodeFault.DisputeLost, node: world.node.address } },
      { name: "NodeSlashed", data: slashed },
    ]);
    expect(getNodeDecoder().decode(world.chain.data(world.nodeAccount))).toMatchObject({
      status: NodeStatus.Banned,
      runningJobs: 0,
    });
    expect(world.balances().payer).toBe(2_250n * CYXWIZ);
  });

  test("that never comes lets anybody send the tokens back, at nobody's fault", async () => {
    await world.reach("disputed");
    world.chain.nowSeconds += 9n * DAY;
    await world.chain.mustSend(world.admin, await world.timeout());
    expect(world.balances().payer).toBe(1_000n * CYXWIZ);
    expect(world.read()).toMatchObject({ outcome: EscrowOutcome.TimedOut, fault: NodeFault.None });
  });

  test("is not needed when the payer gives in", async () => {
    await world.reach("disputed");
    await world.chain.mustSend(world.payer, await world.approve());
    expect(world.balances()).toMatchObject(PAID);
    expect(world.read()).toMatchObject({ outcome: EscrowOutcome.Approved });
  });
});

describe("an appeal", () => {
  test("holds its deposit beside the amount, with evidence of its own", async () => {
    await world.reach("appealed");
    expect(world.balances()).toMatchObject({ payer: 893n * CYXWIZ, vault: 107n * CYXWIZ });
    expect(world.read()).toMatchObject({ deposit: DEPOSIT, appealCount: 1, payerEvidence: bytes(0xe3) });
  });

  test("that was right gets its deposit back and the decision turned round", async () => {
    await appealed();
    const { events } = await world.chain.mustSend(
      world.arbiter,
      await world.resolve({ decision: EscrowDecision.ForPayer }),
    );
    expect(world.balances()).toEqual({ payer: 1_000n * CYXWIZ, node: 0n, treasury: 0n, vault: 0n });
    expect(events).toMatchObject([
      { name: "DisputeResolved", data: { isFinal: 1 } },
      { name: "EscrowSettled", data: { toPayer: 107n * CYXWIZ, deposit: DEPOSIT } },
    ]);
  });

  test("that was wrong loses its deposit to the treasury", async () => {
    await appealed();
    await world.chain.mustSend(world.arbiter, await world.resolve());
    expect(world.balances()).toEqual({ payer: 893n * CYXWIZ, ...PAID, treasury: PAID.treasury + DEPOSIT });
  });

  test("that nobody decides gets its deposit back; the first decision stands", async () => {
    await appealed();
    world.chain.nowSeconds += 7n * DAY;
    await world.chain.mustSend(world.admin, await world.execute());
    expect(world.balances()).toEqual({ payer: 993n * CYXWIZ, ...PAID });
  });

  test("is also the node's, whose deposit comes back to it", async () => {
    await world.chain.mustSend(world.admin, mintTo(world.mint, world.nodeToken, world.admin, DEPOSIT));
    await world.reach("disputed");
    await world.chain.mustSend(world.node, await world.evidence());
    await world.chain.mustSend(world.arbiter, await world.resolve({ decision: EscrowDecision.ForPayer }));
    const byPayer = await world.chain.send(world.payer, await world.appeal());
    expect(byPayer.errorCode).toBe(JOB_ESCROW_ERROR__NOT_PARTY);
    await world.chain.mustSend(world.node, await world.appeal({ loser: world.node, loserToken: world.nodeToken }));
    expect(world.balances()).toMatchObject({ node: 0n, vault: 107n * CYXWIZ });
    world.chain.nowSeconds += 2n * DAY;
    await world.chain.mustSend(world.arbiter, await world.resolve());
    expect(world.balances()).toEqual({ payer: 993n * CYXWIZ, ...PAID, node: PAID.node + DEPOSIT });
  });
});

test("what the admin changes meanwhile changes nothing for an escrow that was made before", async () => {
  await world.reach("resolved");
  const parameters = { ...DEFAULT_PLATFORM_PARAMETERS, appealDeposit: 900n * CYXWIZ, evidenceWindowSeconds: 1n };
  await world.chain.mustSend(
    world.admin,
    await getUpdatePlatformInstructionAsync({ admin: world.admin, ...parameters }),
  );
  await world.chain.mustSend(world.payer, await world.appeal());
  expect(world.balances().vault).toBe(107n * CYXWIZ);
  expect(world.read().evidenceUntil).toBe(world.chain.nowSeconds + 2n * DAY);
});
