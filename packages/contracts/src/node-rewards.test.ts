import { beforeEach, expect, test } from "vitest";
import { NodeFault } from "./generated/job-escrow/index.ts";
import {
  NODE_REGISTRY_ERROR__ALREADY_EXISTS,
  NODE_REGISTRY_ERROR__ILLEGAL_STATUS,
  NODE_REGISTRY_ERROR__NOTHING_TO_CLAIM,
  NODE_REGISTRY_ERROR__REWARDS_NOT_DUE,
  NODE_REGISTRY_ERROR__WRONG_MINT,
  NODE_REGISTRY_ERROR__WRONG_NODE,
  NODE_REGISTRY_ERROR__WRONG_REWARDS_VAULT,
  NODE_REGISTRY_ERROR__WRONG_TOKEN_ACCOUNT,
  NodeStatus,
} from "./generated/node-registry/index.ts";
import { stakeYield } from "./stake-yield.ts";
import { DAY_SECONDS, RegistryWorld } from "./testing/registry.ts";
import { CYXWIZ, createMint, stake, World } from "./testing/world.ts";

const STAKE = 5_000n * CYXWIZ;
const YEAR = 365n * DAY_SECONDS;
let world: World;
let registry: RegistryWorld;
beforeEach(async () => {
  world = await World.open();
  registry = await RegistryWorld.of(world);
  await world.chain.mustSend(world.admin, await registry.openRewards());
});

const claim = () => registry.code(world.node, registry.claim());

test("five per cent a year, from the ninetieth day on, out of a vault that anybody fills", async () => {
  await registry.mint(registry.rewardsVault, 10_000n * CYXWIZ);
  world.chain.nowSeconds += 90n * DAY_SECONDS - 1n;
  expect(await claim()).toBe(NODE_REGISTRY_ERROR__REWARDS_NOT_DUE);
  world.chain.nowSeconds += 1n;
  const first = stakeYield(STAKE, 500, 90n * DAY_SECONDS);
  const { events } = await world.chain.mustSend(world.node, await registry.claim());
  expect(events).toMatchObject([{ name: "RewardsClaimed", data: { amount: first, rewards: 0n } }]);
  expect(world.chain.tokens(world.nodeToken)).toBe(first);
  expect(await claim()).toBe(NODE_REGISTRY_ERROR__NOTHING_TO_CLAIM);
  world.chain.nowSeconds += YEAR;
  await world.chain.mustSend(world.node, await registry.claim());
  expect(world.chain.tokens(world.nodeToken) - first).toBe(250n * CYXWIZ);
});

test("what is staked later, and what is on its way out, earns for its own time only", async () => {
  await registry.mint(registry.rewardsVault, 10_000n * CYXWIZ);
  await registry.mint(world.nodeToken, STAKE);
  const { node, nodeToken } = world;
  world.chain.nowSeconds += YEAR;
  await world.chain.mustSend(node, await stake({ node, nodeToken, amount: STAKE }));
  world.chain.nowSeconds += YEAR;
  await world.chain.mustSend(node, await registry.request(2n * STAKE));
  world.chain.nowSeconds += YEAR;
  await world.chain.mustSend(node, await registry.cancel());
  expect(registry.read().rewards).toBe(750n * CYXWIZ);
  world.chain.nowSeconds += YEAR;
  await world.chain.mustSend(node, await registry.claim());
  expect(world.chain.tokens(nodeToken)).toBe(1_250n * CYXWIZ);
});

test("a vault that is short pays what it has, and owes the rest", async () => {
  world.chain.nowSeconds += YEAR;
  expect(await claim()).toBe(NODE_REGISTRY_ERROR__NOTHING_TO_CLAIM);
  await registry.mint(registry.rewardsVault, 100n * CYXWIZ);
  await world.chain.mustSend(world.node, await registry.claim());
  expect(world.chain.tokens(world.nodeToken)).toBe(100n * CYXWIZ);
  expect(registry.read().rewards).toBe(150n * CYXWIZ);
  await registry.mint(registry.rewardsVault, 1_000n * CYXWIZ);
  await world.chain.mustSend(world.node, await registry.claim());
  expect(world.chain.tokens(world.nodeToken)).toBe(250n * CYXWIZ);
});

test("a slash takes all of it away and starts the ninety days again", async () => {
  await registry.mint(registry.rewardsVault, 10_000n * CYXWIZ);
  world.chain.nowSeconds += YEAR;
  await registry.runJob(NodeFault.Failed);
  expect(registry.read().rewards).toBe(0n);
  world.chain.nowSeconds += 90n * DAY_SECONDS - 1n;
  expect(await claim()).toBe(NODE_REGISTRY_ERROR__REWARDS_NOT_DUE);
  world.chain.nowSeconds += 1n;
  await world.chain.mustSend(world.node, await registry.claim());
  expect(world.chain.tokens(world.nodeToken)).toBe(stakeYield((STAKE * 9n) / 10n, 500, 90n * DAY_SECONDS));
});

test("the ninety days are the node's: what it stakes after them earns at once, but only for its own time", async () => {
  await registry.mint(registry.rewardsVault, 10_000n * CYXWIZ);
  world.chain.nowSeconds += 90n * DAY_SECONDS;
  await world.chain.mustSend(world.node, await registry.claim());
  const { chain, node, nodeToken } = world;
  chain.setTokens(nodeToken, 1_000_000n * CYXWIZ);
  await chain.mustSend(node, await stake({ node, nodeToken, amount: 1_000_000n * CYXWIZ }));
  expect(await claim()).toBe(NODE_REGISTRY_ERROR__NOTHING_TO_CLAIM);
  chain.nowSeconds += DAY_SECONDS;
  await chain.mustSend(node, await registry.claim());
  expect(chain.tokens(nodeToken)).toBe(stakeYield(1_005_000n * CYXWIZ, 500, DAY_SECONDS));
});

test("a banned node earns nothing more", async () => {
  await registry.mint(registry.rewardsVault, 10_000n * CYXWIZ);
  registry.forge({ status: NodeStatus.Banned, rewards: 0n });
  world.chain.nowSeconds += YEAR;
  expect(await claim()).toBe(NODE_REGISTRY_ERROR__ILLEGAL_STATUS);
  await world.chain.mustSend(world.node, await registry.request(STAKE));
  expect(registry.read().rewards).toBe(0n);
});

test("the vault is opened once, at its own address, with the registry's mint", async () => {
  const { chain, admin } = world;
  expect(await registry.code(admin, registry.openRewards())).toBe(NODE_REGISTRY_ERROR__ALREADY_EXISTS);
  expect(await registry.code(admin, registry.openRewards({ rewardsVault: world.treasury }))).toBe(
    NODE_REGISTRY_ERROR__WRONG_REWARDS_VAULT,
  );
  const other = await createMint(chain, admin);
  expect(await registry.code(admin, registry.openRewards({ mint: other }))).toBe(NODE_REGISTRY_ERROR__WRONG_MINT);
});

test("nobody else claims them, and they come from nowhere else", async () => {
  await registry.mint(registry.rewardsVault, 10_000n * CYXWIZ);
  world.chain.nowSeconds += YEAR;
  const { payer, payerToken, node, nodeAccount } = world;
  const theft = registry.claim({ wallet: payer, walletToken: payerToken, node: nodeAccount });
  expect(await registry.code(payer, theft)).toBe(NODE_REGISTRY_ERROR__WRONG_NODE);
  expect(await registry.code(node, registry.claim({ walletToken: payerToken }))).toBe(
    NODE_REGISTRY_ERROR__WRONG_TOKEN_ACCOUNT,
  );
  for (const rewardsVault of [world.treasury, registry.stakeVault]) {
    expect(await registry.code(node, registry.claim({ rewardsVault }))).toBe(NODE_REGISTRY_ERROR__WRONG_REWARDS_VAULT);
  }
});
