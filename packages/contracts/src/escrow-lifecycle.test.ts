import { beforeEach, describe, expect, test } from "vitest";
import {
  EscrowOutcome,
  EscrowState,
  JOB_ESCROW_ERROR__CHALLENGE_WINDOW_OPEN,
  JOB_ESCROW_ERROR__ILLEGAL_STATE,
} from "./generated/job-escrow/index.ts";
import { getNodeDecoder } from "./generated/node-registry/index.ts";
import { bytes, CYXWIZ, JOB_ID, NONCE, World } from "./testing/world.ts";

let world: World;
beforeEach(async () => {
  world = await World.open();
});

describe("a job's tokens, from escrow to receipt", () => {
  test("create_escrow moves the amount into the vault and writes down the terms", async () => {
    const { events } = await world.chain.mustSend(world.payer, await world.create());
    expect(world.balances()).toEqual({ payer: 993n * CYXWIZ, node: 0n, treasury: 0n, vault: 7n * CYXWIZ });
    expect(world.read()).toMatchObject({
      state: EscrowState.Created,
      outcome: EscrowOutcome.None,
      version: 2,
      nonce: NONCE,
      slot: 0,
      feeBps: 1_000,
      cancelFeeBps: 1_000,
      amount: 7n * CYXWIZ,
      createdAt: world.chain.nowSeconds,
      deadline: world.chain.nowSeconds + 3_600n,
      payer: world.payer.address,
      payerToken: world.payerToken,
      node: world.node.address,
      mint: world.mint,
      jobId: JOB_ID,
      termsHash: bytes(7),
    });
    expect(events).toMatchObject([
      {
        name: "EscrowCreated",
        program: "jobEscrow",
        index: 0,
        data: {
          escrow: world.escrow,
          nonce: NONCE,
          checkpoints: 5,
          amount: 7n * CYXWIZ,
          payer: world.payer.address,
          jobId: JOB_ID,
        },
      },
    ]);
  });

  test("start, checkpoints, the committed and the revealed proof are written down", async () => {
    await world.reach("created");
    const started = await world.chain.mustSend(world.node, await world.start());
    expect(started.events).toMatchObject([
      { name: "EscrowStarted", data: { escrow: world.escrow, nonce: NONCE } },
      { name: "NodeJobs", data: { runningJobs: 1 } },
    ]);
    expect(world.read()).toMatchObject({ startedAt: world.chain.nowSeconds, reported: 1 });
    await world.chain.mustSend(world.node, await world.anchor({ authority: world.node, leafCount: 3 }));
    expect(world.read()).toMatchObject({ state: EscrowState.Running, leafCount: 3, proofCount: 0, root: bytes(5) });
    const committed = await world.chain.mustSend(world.node, await world.commit({ authority: world.node }));
    expect(committed.events).toMatchObject([{ name: "ProofCommitted", data: { nonce: NONCE } }]);
    expect(world.read()).toMatchObject({ state: EscrowState.Committed, proofCount: 1 });
    world.chain.nextSlot();
    const { root, resultHash } = world.tree;
    const revealed = await world.chain.mustSend(world.coordinator, await world.reveal());
    expect(world.read()).toMatchObject({ state: EscrowState.Proven, leafCount: 6, proofCount: 1, root, resultHash });
    expect(revealed.events).toMatchObject([{ name: "RootAnchored", data: { isFinal: 1, leafCount: 6, root } }]);
  });

  test("complete_payment by the coordinator splits 90/10 at once", async () => {
    await world.reach("proven");
    const { events } = await world.chain.mustSend(world.coordinator, await world.complete());
    expect(world.balances()).toEqual({
      payer: 993n * CYXWIZ,
      node: 6_300_000_000n,
      treasury: 700_000_000n,
      vault: 0n,
    });
    expect(world.read()).toMatchObject({ state: EscrowState.Settled, outcome: EscrowOutcome.Completed });
    expect(events).toMatchObject([
      {
        name: "EscrowSettled",
        data: {
          outcome: EscrowOutcome.Completed,
          toPayer: 0n,
          toNode: 6_300_000_000n,
          toTreasury: 700_000_000n,
        },
      },
    ]);
  });

  test("without auto release the payer completes at any time, coordinator and node after the challenge window", async () => {
    await world.chain.mustSend(world.payer, await world.create({ flags: 0 }));
    await world.chain.mustSend(world.node, await world.start());
    await world.chain.mustSend(world.node, await world.commit({ authority: world.node }));
    world.chain.nextSlot();
    await world.chain.mustSend(world.node, await world.reveal({ authority: world.node }));
    const early = await world.chain.send(
      world.payer,
      await world.complete({ authority: world.payer }),
      await world.approve(),
    );
    // The first instruction went through: the second finds nothing left to approve.
    expect(early.errorCode).toBe(JOB_ESCROW_ERROR__ILLEGAL_STATE);
    world.chain.nowSeconds += 86_399n;
    for (const authority of [world.coordinator, world.node]) {
      const { errorCode } = await world.chain.send(authority, await world.complete({ authority }));
      expect(errorCode).toBe(JOB_ESCROW_ERROR__CHALLENGE_WINDOW_OPEN);
    }
    world.chain.nowSeconds += 1n;
    await world.chain.mustSend(world.node, await world.complete({ authority: world.node }));
    expect(world.balances().node).toBe(6_300_000_000n);
  });

  test("a diamond node's fee is 8%", async () => {
    const decoder = getNodeDecoder();
    world.chain.overwrite(world.nodeAccount, (data) => {
      expect(decoder.decode(data).tier).toBe(0);
      data[5] = 3;
      return data;
    });
    expect(decoder.decode(world.chain.data(world.nodeAccount)).tier).toBe(3);
    await world.reach("settled");
    expect(world.balances()).toMatchObject({ node: 6_440_000_000n, treasury: 560_000_000n });
  });

  test.each([
    ["cancel_escrow before the start", "created", EscrowOutcome.Cancelled],
    ["refund_escrow of a node that failed", "running", EscrowOutcome.Refunded],
    ["refund_escrow of a proof that was invalid", "proven", EscrowOutcome.Refunded],
    ["timeout_refund after the deadline", "running", EscrowOutcome.TimedOut],
  ] as const)("%s gives the payer everything", async (_, state, outcome) => {
    await world.reach(state);
    if (outcome === EscrowOutcome.Cancelled) await world.chain.mustSend(world.payer, await world.cancel());
    if (outcome === EscrowOutcome.Refunded) await world.chain.mustSend(world.coordinator, await world.refund());
    if (outcome === EscrowOutcome.TimedOut) {
      world.chain.nowSeconds += 3_600n;
      await world.chain.mustSend(world.admin, await world.timeout());
    }
    expect(world.balances()).toEqual({ payer: 1_000n * CYXWIZ, node: 0n, treasury: 0n, vault: 0n });
    expect(world.read()).toMatchObject({ state: EscrowState.Settled, outcome });
  });

  test("a settled slot serves the next job with the same accounts and nothing left of the last", async () => {
    await world.reach("reported");
    const rent = world.chain.svm.getBalance(world.payer.address)!;
    await world.chain.mustSend(
      world.payer,
      await world.create({ nonce: NONCE + 1n, amount: CYXWIZ, termsHash: bytes(8) }),
    );
    // Only the signature's fee: no rent.
    expect(rent - world.chain.svm.getBalance(world.payer.address)!).toBe(5_000n);
    expect(world.read()).toMatchObject({
      state: EscrowState.Created,
      outcome: EscrowOutcome.None,
      nonce: NONCE + 1n,
      amount: CYXWIZ,
      termsHash: bytes(8),
      root: bytes(0),
      resultHash: bytes(0),
      leafCount: 0,
      proofCount: 0,
      reported: 0,
      proofCommitment: bytes(0),
      committedSlot: 0n,
      startedAt: 0n,
      anchoredAt: 0n,
      settledAt: 0n,
    });
  });

  test("lamports sent to a slot's addresses beforehand do not block it", async () => {
    for (const address of [world.escrow, world.vault]) {
      world.chain.svm.airdrop(address, 1_000_000n as Parameters<typeof world.chain.svm.airdrop>[1]);
    }
    await world.reach("settled");
    expect(world.balances().node).toBe(6_300_000_000n);
  });

  test("tokens that somebody sent into the vault go to the payer with the settlement", async () => {
    await world.reach("proven");
    world.chain.setTokens(world.vault, 7n * CYXWIZ + 5n);
    await world.chain.mustSend(world.coordinator, await world.complete());
    expect(world.balances()).toEqual({
      payer: 993n * CYXWIZ + 5n,
      node: 6_300_000_000n,
      treasury: 700_000_000n,
      vault: 0n,
    });
  });
});
