import type { Address } from "@solana/kit";
import { generateKeyPairSigner } from "@solana/kit";
import { beforeEach, expect, test } from "vitest";
import { findNodeAddress, findPageAddress } from "./addresses.ts";
import {
  getRegistryDecoder,
  getSetRegistryAuthoritiesInstructionAsync,
  NODE_REGISTRY_ERROR__WRONG_PAGE,
  NODE_REGISTRY_PROGRAM_ADDRESS,
} from "./generated/node-registry/index.ts";
import { OutcomeKind } from "./generated/reputation-manager/index.ts";
import { entryOfNumber } from "./reputation-score.ts";
import { RegistryWorld } from "./testing/registry.ts";
import { Reputation } from "./testing/reputation.ts";
import { register, World } from "./testing/world.ts";

const ENTRY = 2;
let world: World;
let registry: RegistryWorld;
let reputation: Reputation;
beforeEach(async () => {
  world = await World.open();
  registry = await RegistryWorld.of(world);
  reputation = await Reputation.open(world.chain, world.admin, world.coordinator);
  await reputation.addNodes(ENTRY);
  await world.chain.mustSend(world.coordinator, await reputation.addNode(world.node.address));
});

const sync = (page: Address, entry: number) => registry.code(world.payer, registry.syncTier(page, entry));

async function complete(jobs: number): Promise<void> {
  const job = { entry: ENTRY, kind: OutcomeKind.Completed, value: 1_000 };
  await reputation.mustRecord(...Array.from({ length: jobs }, () => job));
}

test("anybody brings a node's tier up to date, up and down", async () => {
  await complete(60);
  const { events } = await world.chain.mustSend(world.payer, await registry.syncTier(reputation.page, ENTRY));
  expect(events).toMatchObject([
    { name: "TierSynced", data: { node: world.nodeAccount, tier: 3, reputationEntry: ENTRY + 1 } },
  ]);
  expect(registry.read()).toMatchObject({ tier: 3, reputationEntry: ENTRY + 1 });
  expect(entryOfNumber(registry.read().reputationEntry)).toEqual({ pageIndex: 0, entry: ENTRY });
  await reputation.mustRecord(
    ...Array.from({ length: 8 }, () => ({ entry: ENTRY, kind: OutcomeKind.DisputeLost, value: 0 })),
  );
  await world.chain.mustSend(world.payer, await registry.syncTier(reputation.page, ENTRY));
  expect(registry.read().tier).toBe(reputation.entry(ENTRY).tier);
  expect(registry.read().tier).toBeLessThan(3);
});

test("another's entry, one that is not in use, and one there is no room for are not its own", async () => {
  await complete(60);
  for (const entry of [0, 1, ENTRY + 1, 120, 255]) {
    expect(await sync(reputation.page, entry)).toBe(NODE_REGISTRY_ERROR__WRONG_PAGE);
  }
  const other = await world.chain.wallet();
  await world.chain.mustSend(other, await register({ node: other, mint: world.mint }));
  const node = await findNodeAddress(other.address);
  expect(await registry.code(other, registry.syncTier(reputation.page, ENTRY, node))).toBe(
    NODE_REGISTRY_ERROR__WRONG_PAGE,
  );
});

test("the first entry stays a node's own, whatever other pages say", async () => {
  await world.chain.mustSend(world.payer, await registry.syncTier(reputation.page, ENTRY));
  const page = await findPageAddress(1);
  const { chain, coordinator } = world;
  const added = await reputation.addNode(world.node.address, { page });
  await chain.mustSend(coordinator, await reputation.openPage(1), added);
  expect(await sync(page, 0)).toBe(NODE_REGISTRY_ERROR__WRONG_PAGE);
  // An entry of another page has another number, though it stands at the same place.
  registry.forge({ reputationEntry: 128 + 1 });
  expect(await sync(page, 0)).toBeUndefined();
  expect(await sync(reputation.page, ENTRY)).toBe(NODE_REGISTRY_ERROR__WRONG_PAGE);
});

test("another reputation program is believed, where the node has the same place in it", async () => {
  await world.chain.mustSend(world.payer, await registry.syncTier(reputation.page, ENTRY));
  await complete(60);
  const { chain, admin, insurance } = world;
  const [reputationProgram, page] = [(await chain.wallet()).address, (await chain.wallet()).address];
  const account = chain.svm.getAccount(reputation.page);
  if (!account.exists) throw new Error("There is no page.");
  chain.svm.setAccount({ ...account, address: page, programAddress: reputationProgram });
  expect(await sync(page, ENTRY)).toBe(NODE_REGISTRY_ERROR__WRONG_PAGE);
  const { coordinator, arbiter, escrowProgram } = getRegistryDecoder().decode(chain.data(world.registry));
  const named = { coordinator, arbiter, escrowProgram, reputationProgram, insurance };
  await chain.mustSend(admin, await getSetRegistryAuthoritiesInstructionAsync({ admin, ...named }));
  expect(await sync(reputation.page, ENTRY)).toBe(NODE_REGISTRY_ERROR__WRONG_PAGE);
  // At another place, as if the new program had its nodes in another order.
  registry.forge({ reputationEntry: ENTRY });
  expect(await sync(page, ENTRY)).toBe(NODE_REGISTRY_ERROR__WRONG_PAGE);
  registry.forge({ reputationEntry: ENTRY + 1 });
  expect(await sync(page, ENTRY)).toBeUndefined();
  expect(registry.read().tier).toBe(3);
});

test("only pages of the reputation program count", async () => {
  await complete(60);
  const { svm } = world.chain;
  const account = svm.getAccount(reputation.page);
  if (!account.exists) throw new Error("There is no page.");
  const foreign = (await generateKeyPairSigner()).address;
  svm.setAccount({ ...account, address: foreign, programAddress: NODE_REGISTRY_PROGRAM_ADDRESS });
  expect(await sync(foreign, ENTRY)).toBe(NODE_REGISTRY_ERROR__WRONG_PAGE);
  // Of the right program, but not a page.
  svm.setAccount({ ...account, address: foreign, data: new Uint8Array(account.data).with(0, 6) });
  expect(await sync(foreign, ENTRY)).toBe(NODE_REGISTRY_ERROR__WRONG_PAGE);
  expect(registry.read().tier).toBe(0);
});
