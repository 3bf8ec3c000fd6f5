import { beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_REGISTRY_PARAMETERS } from "./economy.ts";
import { NodeFault } from "./generated/job-escrow/index.ts";
import {
  getUpdateRegistryInstructionAsync,
  NODE_REGISTRY_ERROR__EVIDENCE_USED,
  NODE_REGISTRY_ERROR__FIELD_EMPTY,
  NODE_REGISTRY_ERROR__ILLEGAL_STATUS,
  NODE_REGISTRY_ERROR__STILL_SUSPENDED,
  NODE_REGISTRY_ERROR__UNKNOWN_REASON,
  NODE_REGISTRY_ERROR__WRONG_INSURANCE,
  NODE_REGISTRY_ERROR__WRONG_MINT,
  NODE_REGISTRY_ERROR__WRONG_SIGNER,
  NODE_REGISTRY_ERROR__WRONG_STAKE_VAULT,
  NodeStatus,
  SlashReason,
} from "./generated/node-registry/index.ts";
import { slashShares } from "./slash-shares.ts";
import { DAY_SECONDS, RegistryWorld, withoutSignature } from "./testing/registry.ts";
import { CYXWIZ, World } from "./testing/world.ts";

const STAKE = 5_000n * CYXWIZ;
let world: World;
let registry: RegistryWorld;
beforeEach(async () => {
  world = await World.open();
  registry = await RegistryWorld.of(world);
});

/** By how much the tokens everywhere have changed. */
async function changes(action: () => Promise<unknown>) {
  const before = registry.balances();
  await action();
  const after = registry.balances();
  return {
    stake: after.stake - before.stake,
    insurance: after.insurance - before.insurance,
    payer: after.payer - before.payer,
    supply: after.supply - before.supply,
  };
}

describe("a job that ends through the node's fault", () => {
  test.each([
    [NodeFault.Failed, SlashReason.Failed, STAKE / 10n],
    [NodeFault.InvalidProof, SlashReason.InvalidProof, STAKE / 4n],
  ])("costs it stake, four fifths to the insurance and one burned (fault %i)", async (fault, reason, amount) => {
    await registry.endJob(fault);
    const { nonce } = world.read();
    expect(registry.read().runningJobs).toBe(1);
    const { insurance, burned } = slashShares(amount, false);
    let events: unknown;
    const moved = await changes(async () => {
      ({ events } = await registry.report());
    });
    expect(moved).toEqual({ stake: -amount, insurance, payer: 0n, supply: -burned });
    expect([insurance, burned]).toEqual([(amount * 4n) / 5n, amount / 5n]);
    const data = {
      reason,
      status: NodeStatus.Active,
      escrow: world.escrow,
      nonce,
      amount,
      toInsurance: insurance,
      burned,
    };
    expect(events).toContainEqual(
      expect.objectContaining({ name: "NodeSlashed", data: expect.objectContaining(data) }),
    );
    expect(registry.read()).toMatchObject({
      runningJobs: 0,
      staked: STAKE - amount,
      slashedTotal: amount,
      lastSlashedAt: world.chain.nowSeconds,
      slashEscrow: world.escrow,
      slashNonce: nonce,
      failures: 1,
    });
  });

  test("bans it for a lost dispute, and half is the payer's", async () => {
    await registry.endJob(NodeFault.DisputeLost);
    const shares = slashShares(STAKE / 2n, true);
    expect(shares.payer).toBe(STAKE / 4n);
    expect(await changes(() => registry.report())).toEqual({
      stake: -(STAKE / 2n),
      insurance: shares.insurance,
      payer: shares.payer,
      supply: -shares.burned,
    });
    expect(registry.read()).toMatchObject({ status: NodeStatus.Banned, staked: STAKE / 2n, runningJobs: 0 });
    world.chain.nowSeconds += 10_000n * DAY_SECONDS;
    expect(await registry.code(world.admin, registry.reinstate())).toBe(NODE_REGISTRY_ERROR__ILLEGAL_STATUS);
  });

  test("takes from what is being withdrawn too", async () => {
    world.chain.nowSeconds += 30n * DAY_SECONDS;
    await world.chain.mustSend(world.node, await registry.request(4_900n * CYXWIZ));
    await registry.runJob(NodeFault.Failed);
    expect(registry.read()).toMatchObject({ staked: 0n, withdrawing: 4_500n * CYXWIZ, slashedTotal: 500n * CYXWIZ });
    world.chain.nowSeconds += 14n * DAY_SECONDS;
    await world.chain.mustSend(world.node, await registry.finish());
    expect(world.chain.tokens(world.nodeToken)).toBe(4_500n * CYXWIZ);
    expect(registry.balances().stake).toBe(0n);
  });
});

describe("the third failure within seven days", () => {
  test("costs thirty per cent and thirty days, and counting starts again", async () => {
    const events = [];
    for (let job = 0; job < 3; job += 1) {
      world.chain.nowSeconds += DAY_SECONDS;
      events.push(...(await registry.runJob(NodeFault.Failed)).events);
    }
    const left = (STAKE * 81n) / 100n;
    const amounts = events.filter(({ name }) => name === "NodeSlashed").map(({ data }) => data);
    expect(amounts).toMatchObject([
      { amount: STAKE / 10n },
      { amount: (STAKE * 9n) / 100n },
      { amount: (left * 3n) / 10n },
    ]);
    expect(registry.read()).toMatchObject({
      status: NodeStatus.Suspended,
      suspendedUntil: world.chain.nowSeconds + 30n * DAY_SECONDS,
      failures: 0,
      staked: (left * 7n) / 10n,
    });
    world.chain.nowSeconds += 30n * DAY_SECONDS - 1n;
    expect(await registry.code(world.admin, registry.reinstate())).toBe(NODE_REGISTRY_ERROR__STILL_SUSPENDED);
    world.chain.nowSeconds += 1n;
    const reinstated = await world.chain.mustSend(world.admin, await registry.reinstate());
    expect(reinstated.events).toMatchObject([{ name: "NodeReinstated", data: { node: world.nodeAccount } }]);
    expect(registry.read().status).toBe(NodeStatus.Active);
    expect(await registry.code(world.admin, registry.reinstate())).toBe(NODE_REGISTRY_ERROR__ILLEGAL_STATUS);
  });

  test("is counted in a window that slides", async () => {
    const slash = async (evidence: number, days: bigint) => {
      world.chain.nowSeconds += days * DAY_SECONDS;
      await world.chain.mustSend(world.arbiter, await registry.slash(SlashReason.Failed, evidence));
      return registry.read().status;
    };
    const statuses = [await slash(1, 0n), await slash(2, 6n), await slash(3, 2n), await slash(4, 1n)];
    expect(statuses).toEqual([NodeStatus.Active, NodeStatus.Active, NodeStatus.Active, NodeStatus.Suspended]);
  });

  test.each([
    [7n * DAY_SECONDS, NodeStatus.Suspended, 3_000n],
    [7n * DAY_SECONDS + 1n, NodeStatus.Active, 2_500n],
  ])("after the first one is the last that counts (%s s), whatever each is for", async (seconds, status, bps) => {
    const slash = async (reason: SlashReason, evidence: number) =>
      world.chain.mustSend(world.arbiter, await registry.slash(reason, evidence));
    await slash(SlashReason.InvalidProof, 1);
    await slash(SlashReason.Failed, 2);
    world.chain.nowSeconds += seconds;
    const { staked } = registry.read();
    await slash(SlashReason.InvalidProof, 3);
    expect(registry.read()).toMatchObject({ status, staked: staked - (staked * bps) / 10_000n });
  });

  test("counts on the day the registry hears of it: whoever reports late, anybody can report at once", async () => {
    await registry.endJob(NodeFault.Failed);
    world.chain.nowSeconds += 20n * DAY_SECONDS;
    await registry.report();
    await registry.runJob(NodeFault.Failed);
    await registry.runJob(NodeFault.Failed);
    expect(registry.read().status).toBe(NodeStatus.Suspended);
  });

  test("while it is suspended lengthens the suspension, and never shortens it", async () => {
    const failThrice = async (first: number) => {
      for (const evidence of [first, first + 1, first + 2]) {
        await world.chain.mustSend(world.arbiter, await registry.slash(SlashReason.Failed, evidence));
      }
      return registry.read().suspendedUntil;
    };
    const until = await failThrice(1);
    const { admin } = world;
    const parameters = { ...DEFAULT_REGISTRY_PARAMETERS, suspensionSeconds: 60n };
    await world.chain.mustSend(admin, await getUpdateRegistryInstructionAsync({ admin, ...parameters }));
    expect(await failThrice(4)).toBe(until);
    world.chain.nowSeconds = until - 1n;
    expect(await failThrice(7)).toBe(until + 59n);
  });
});

describe("an account that cannot receive never stands in the way", () => {
  test.each(["close", "freeze"] as const)("of a slash: the insurance's part is burned (%s)", async (how) => {
    await registry.endJob(NodeFault.Failed);
    const { insurance } = registry.balances();
    registry[how](world.insurance);
    const moved = await changes(() => registry.report());
    expect(moved).toEqual({ stake: -(STAKE / 10n), insurance: 0n, payer: 0n, supply: -(STAKE / 10n) });
    expect(insurance).toBe(0n);
  });

  test.each(["close", "freeze"] as const)("of a ban: the payer's part goes to the insurance (%s)", async (how) => {
    await registry.endJob(NodeFault.DisputeLost);
    registry[how](world.payerToken);
    const { payer, insurance, burned } = slashShares(STAKE / 2n, true);
    const before = registry.balances();
    await registry.report();
    const after = registry.balances();
    expect(after.insurance - before.insurance).toBe(payer + insurance);
    expect(before.supply - after.supply).toBe(burned);
    expect(registry.read().status).toBe(NodeStatus.Banned);
  });
});

describe("slash, by the arbiter", () => {
  test("names its evidence, and the same evidence does not count twice", async () => {
    const moved = await changes(async () =>
      world.chain.mustSend(world.arbiter, await registry.slash(SlashReason.DisputeLost, 7)),
    );
    const { insurance, burned } = slashShares(STAKE / 2n, false);
    // Nobody's job was lost: there is no payer's part that a key of the arbiter's choice could get.
    expect(moved).toEqual({ stake: -(STAKE / 2n), insurance, payer: 0n, supply: -burned });
    expect(registry.read()).toMatchObject({ status: NodeStatus.Banned, slashNonce: 0n });
    const { arbiter } = world;
    expect(await registry.code(arbiter, registry.slash(SlashReason.Failed, 7))).toBe(
      NODE_REGISTRY_ERROR__EVIDENCE_USED,
    );
    expect(await registry.code(arbiter, registry.slash(SlashReason.Failed, 0))).toBe(NODE_REGISTRY_ERROR__FIELD_EMPTY);
    expect(await registry.code(arbiter, registry.slash(SlashReason.Failed, 8))).toBeUndefined();
  });

  test("refuses other signers, reasons and accounts", async () => {
    const { arbiter, coordinator, admin } = world;
    for (const other of [coordinator, admin, world.node]) {
      expect(await registry.code(other, registry.slash(SlashReason.Failed, 1, { arbiter: other }))).toBe(
        NODE_REGISTRY_ERROR__WRONG_SIGNER,
      );
    }
    const unsigned = registry
      .slash(SlashReason.Failed, 1)
      .then((instruction) => withoutSignature(instruction, arbiter.address));
    expect(await registry.code(admin, unsigned)).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);
    expect(await registry.code(arbiter, registry.slash(SlashReason.None, 1))).toBe(NODE_REGISTRY_ERROR__UNKNOWN_REASON);
    const wrong = [
      [{ insurance: world.treasury }, NODE_REGISTRY_ERROR__WRONG_INSURANCE],
      [{ mint: world.payerToken }, NODE_REGISTRY_ERROR__WRONG_MINT],
      [{ stakeVault: world.vault }, NODE_REGISTRY_ERROR__WRONG_STAKE_VAULT],
    ] as const;
    for (const [accounts, error] of wrong) {
      expect(await registry.code(arbiter, registry.slash(SlashReason.Failed, 1, accounts))).toBe(error);
    }
    expect(registry.read().slashedTotal).toBe(0n);
  });
});
