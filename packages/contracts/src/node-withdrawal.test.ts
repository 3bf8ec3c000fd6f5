import { beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_REGISTRY_PARAMETERS } from "./economy.ts";
import { NodeFault } from "./generated/job-escrow/index.ts";
import {
  getUpdateRegistryInstructionAsync,
  NODE_REGISTRY_ERROR__AMOUNT_ZERO,
  NODE_REGISTRY_ERROR__COOLDOWN_RUNNING,
  NODE_REGISTRY_ERROR__JOBS_RUNNING,
  NODE_REGISTRY_ERROR__NO_WITHDRAWAL,
  NODE_REGISTRY_ERROR__NOT_ENOUGH_STAKED,
  NODE_REGISTRY_ERROR__STAKE_LOCKED,
  NODE_REGISTRY_ERROR__WITHDRAWAL_PENDING,
  NODE_REGISTRY_ERROR__WRONG_NODE,
  NODE_REGISTRY_ERROR__WRONG_SIGNER,
  NODE_REGISTRY_ERROR__WRONG_STAKE_VAULT,
  NODE_REGISTRY_ERROR__WRONG_TOKEN_ACCOUNT,
  NodeStatus,
  SlashReason,
} from "./generated/node-registry/index.ts";
import { DAY_SECONDS, RegistryWorld, withoutSignature } from "./testing/registry.ts";
import { CYXWIZ, stake, World } from "./testing/world.ts";

const STAKE = 5_000n * CYXWIZ;
const LOCK = 30n * DAY_SECONDS;
const COOLDOWN = 14n * DAY_SECONDS;
let world: World;
let registry: RegistryWorld;
beforeEach(async () => {
  world = await World.open();
  registry = await RegistryWorld.of(world);
});

const request = (amount: bigint) => registry.code(world.node, registry.request(amount));
const finish = () => registry.code(world.node, registry.finish());

describe("a withdrawal", () => {
  test("can be asked for after the lock, is paid after the cooldown, and of all of it ends the node", async () => {
    world.chain.nowSeconds += LOCK - 1n;
    expect(await request(STAKE)).toBe(NODE_REGISTRY_ERROR__STAKE_LOCKED);
    world.chain.nowSeconds += 1n;
    const requested = await world.chain.mustSend(world.node, await registry.request(STAKE));
    expect(requested.events).toMatchObject([{ name: "WithdrawalRequested", data: { amount: STAKE, staked: 0n } }]);
    expect(registry.read()).toMatchObject({
      staked: 0n,
      withdrawing: STAKE,
      withdrawalRequestedAt: world.chain.nowSeconds,
      withdrawableAt: world.chain.nowSeconds + COOLDOWN,
      status: NodeStatus.Active,
    });
    world.chain.nowSeconds += COOLDOWN - 1n;
    expect(await finish()).toBe(NODE_REGISTRY_ERROR__COOLDOWN_RUNNING);
    world.chain.nowSeconds += 1n;
    const finished = await world.chain.mustSend(world.node, await registry.finish());
    expect(finished.events).toMatchObject([
      { name: "WithdrawalFinished", data: { amount: STAKE, status: NodeStatus.Withdrawn } },
    ]);
    expect(world.chain.tokens(world.nodeToken)).toBe(STAKE);
    expect(registry.read()).toMatchObject({ staked: 0n, withdrawing: 0n, status: NodeStatus.Withdrawn });
    expect(await finish()).toBe(NODE_REGISTRY_ERROR__NO_WITHDRAWAL);
  });

  test("of a part leaves the node as it is", async () => {
    world.chain.nowSeconds += LOCK;
    await world.chain.mustSend(world.node, await registry.request(STAKE / 5n));
    world.chain.nowSeconds += COOLDOWN;
    await world.chain.mustSend(world.node, await registry.finish());
    expect(registry.read()).toMatchObject({ staked: (STAKE / 5n) * 4n, withdrawing: 0n, status: NodeStatus.Active });
  });

  test("is one at a time, of what there is, and can be taken back", async () => {
    world.chain.nowSeconds += LOCK;
    expect(await request(0n)).toBe(NODE_REGISTRY_ERROR__AMOUNT_ZERO);
    expect(await request(STAKE + 1n)).toBe(NODE_REGISTRY_ERROR__NOT_ENOUGH_STAKED);
    expect(await registry.code(world.node, registry.cancel())).toBe(NODE_REGISTRY_ERROR__NO_WITHDRAWAL);
    await world.chain.mustSend(world.node, await registry.request(CYXWIZ));
    expect(await request(CYXWIZ)).toBe(NODE_REGISTRY_ERROR__WITHDRAWAL_PENDING);
    const cancelled = await world.chain.mustSend(world.node, await registry.cancel());
    expect(cancelled.events).toMatchObject([{ name: "WithdrawalCancelled", data: { amount: CYXWIZ, staked: STAKE } }]);
    expect(registry.read()).toMatchObject({ staked: STAKE, withdrawing: 0n });
    world.chain.nowSeconds += COOLDOWN;
    expect(await finish()).toBe(NODE_REGISTRY_ERROR__NO_WITHDRAWAL);
  });

  test("waits a week more for each running job, and is not paid while one runs", async () => {
    await registry.startJob();
    world.chain.nowSeconds += LOCK + 7n * DAY_SECONDS - 1n;
    expect(await request(STAKE)).toBe(NODE_REGISTRY_ERROR__STAKE_LOCKED);
    world.chain.nowSeconds += 1n;
    expect(await request(STAKE)).toBeUndefined();
    world.chain.nowSeconds += COOLDOWN;
    expect(await finish()).toBe(NODE_REGISTRY_ERROR__JOBS_RUNNING);
    await world.chain.mustSend(world.coordinator, await world.refund({ nonce: world.read().nonce }));
    await registry.report();
    expect(await finish()).toBeUndefined();
  });

  test("waits a week for each of three running jobs, and not a second longer", async () => {
    registry.forge({ runningJobs: 3 });
    world.chain.nowSeconds += LOCK + 21n * DAY_SECONDS - 1n;
    expect(await request(STAKE)).toBe(NODE_REGISTRY_ERROR__STAKE_LOCKED);
    world.chain.nowSeconds += 1n;
    expect(await request(STAKE)).toBeUndefined();
  });

  test("taken back and asked for again waits anew", async () => {
    world.chain.nowSeconds += LOCK;
    await world.chain.mustSend(world.node, await registry.request(STAKE));
    world.chain.nowSeconds += COOLDOWN;
    await world.chain.mustSend(world.node, await registry.cancel(), await registry.request(STAKE));
    expect(await finish()).toBe(NODE_REGISTRY_ERROR__COOLDOWN_RUNNING);
  });

  test("that could be had already is slashed until it is", async () => {
    world.chain.nowSeconds += LOCK;
    await world.chain.mustSend(world.node, await registry.request(STAKE));
    world.chain.nowSeconds += 2n * COOLDOWN;
    await world.chain.mustSend(world.arbiter, await registry.slash(SlashReason.InvalidProof, 1));
    await world.chain.mustSend(world.node, await registry.finish());
    expect(world.chain.tokens(world.nodeToken)).toBe((STAKE * 3n) / 4n);
  });

  test("that was asked for keeps its time, whatever the registry says later", async () => {
    const cooldownIs = async (withdrawalSeconds: bigint) => {
      const parameters = { ...DEFAULT_REGISTRY_PARAMETERS, withdrawalSeconds };
      const update = await getUpdateRegistryInstructionAsync({ admin: world.admin, ...parameters });
      await world.chain.mustSend(world.admin, update);
    };
    world.chain.nowSeconds += LOCK;
    await world.chain.mustSend(world.node, await registry.request(STAKE));
    await cooldownIs(0n);
    expect(await finish()).toBe(NODE_REGISTRY_ERROR__COOLDOWN_RUNNING);
    await cooldownIs(3_650n * DAY_SECONDS);
    world.chain.nowSeconds += COOLDOWN - 1n;
    expect(await finish()).toBe(NODE_REGISTRY_ERROR__COOLDOWN_RUNNING);
    world.chain.nowSeconds += 1n;
    expect(await finish()).toBeUndefined();
  });

  test("that was asked for before its time was written down goes by the registry's cooldown", async () => {
    world.chain.nowSeconds += LOCK;
    await world.chain.mustSend(world.node, await registry.request(STAKE));
    registry.forge({ withdrawableAt: 0n });
    world.chain.nowSeconds += COOLDOWN - 1n;
    expect(await finish()).toBe(NODE_REGISTRY_ERROR__COOLDOWN_RUNNING);
    world.chain.nowSeconds += 1n;
    expect(await finish()).toBeUndefined();
  });

  test("is slashed in its cooldown", async () => {
    await registry.endJob(NodeFault.DisputeLost);
    world.chain.nowSeconds += LOCK + 7n * DAY_SECONDS;
    await world.chain.mustSend(world.node, await registry.request(STAKE));
    await registry.report();
    expect(registry.read()).toMatchObject({ status: NodeStatus.Banned, staked: 0n, withdrawing: STAKE / 2n });
    world.chain.nowSeconds += COOLDOWN;
    await world.chain.mustSend(world.node, await registry.finish());
    // What is left is the node's, and the ban stays.
    expect(world.chain.tokens(world.nodeToken)).toBe(STAKE / 2n);
    expect(registry.read().status).toBe(NodeStatus.Banned);
  });

  test("and a new stake end no suspension", async () => {
    registry.forge({ status: NodeStatus.Suspended, suspendedUntil: world.chain.nowSeconds + 100n * DAY_SECONDS });
    world.chain.nowSeconds += LOCK;
    await world.chain.mustSend(world.node, await registry.request(STAKE));
    world.chain.nowSeconds += COOLDOWN;
    await world.chain.mustSend(world.node, await registry.finish());
    expect(registry.read().status).toBe(NodeStatus.Suspended);
    const { node, nodeToken } = world;
    await world.chain.mustSend(node, await stake({ node, nodeToken, amount: STAKE }));
    expect(registry.read()).toMatchObject({ status: NodeStatus.Suspended, staked: STAKE });
  });

  test("is only the wallet's, to one of its token accounts, out of its own vault", async () => {
    world.chain.nowSeconds += LOCK;
    const { payer, node, nodeAccount } = world;
    for (const theft of [
      registry.request(1n, { wallet: payer, node: nodeAccount }),
      registry.cancel({ wallet: payer, node: nodeAccount }),
      registry.finish({ wallet: payer, walletToken: world.payerToken, node: nodeAccount }),
    ]) {
      expect(await registry.code(payer, theft)).toBe(NODE_REGISTRY_ERROR__WRONG_NODE);
    }
    for (const unsigned of [registry.request(1n), registry.cancel(), registry.finish()]) {
      const instruction = unsigned.then((signed) => withoutSignature(signed, node.address));
      expect(await registry.code(payer, instruction)).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);
    }
    await world.chain.mustSend(node, await registry.request(STAKE));
    world.chain.nowSeconds += COOLDOWN;
    expect(await registry.code(node, registry.finish({ walletToken: world.payerToken }))).toBe(
      NODE_REGISTRY_ERROR__WRONG_TOKEN_ACCOUNT,
    );
    expect(await registry.code(node, registry.finish({ stakeVault: world.insurance }))).toBe(
      NODE_REGISTRY_ERROR__WRONG_STAKE_VAULT,
    );
  });
});

test("a node that took its stake out starts again by staking, locked anew", async () => {
  world.chain.nowSeconds += LOCK;
  await world.chain.mustSend(world.node, await registry.request(STAKE));
  world.chain.nowSeconds += COOLDOWN;
  await world.chain.mustSend(world.node, await registry.finish());
  const { node, nodeToken } = world;
  await world.chain.mustSend(node, await stake({ node, nodeToken, amount: CYXWIZ }));
  expect(registry.read()).toMatchObject({
    status: NodeStatus.Active,
    staked: CYXWIZ,
    lockUntil: world.chain.nowSeconds + LOCK,
  });
  expect(await request(CYXWIZ)).toBe(NODE_REGISTRY_ERROR__STAKE_LOCKED);
});

test("so does one that was suspended meanwhile", async () => {
  world.chain.nowSeconds += LOCK;
  for (const evidence of [1, 2, 3]) {
    await world.chain.mustSend(world.arbiter, await registry.slash(SlashReason.Failed, evidence));
  }
  await world.chain.mustSend(world.node, await registry.request(registry.read().staked));
  world.chain.nowSeconds += LOCK;
  await world.chain.mustSend(world.node, await registry.finish(), await registry.reinstate());
  expect(registry.read().status).toBe(NodeStatus.Active);
  const { node, nodeToken } = world;
  await world.chain.mustSend(node, await stake({ node, nodeToken, amount: CYXWIZ }));
  expect(registry.read().lockUntil).toBe(world.chain.nowSeconds + LOCK);
  expect(await request(CYXWIZ)).toBe(NODE_REGISTRY_ERROR__STAKE_LOCKED);
});
