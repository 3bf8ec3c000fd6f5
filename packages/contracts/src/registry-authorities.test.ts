import type { Instruction, KeyPairSigner } from "@solana/kit";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_REGISTRY_PARAMETERS } from "./economy.ts";
import {
  getAcceptRegistryAdminInstructionAsync,
  getJobEndedInstructionAsync,
  getJobStartedInstructionAsync,
  getProposeRegistryAdminInstructionAsync,
  getRegistryDecoder,
  getSetRegistryAuthoritiesInstructionAsync,
  getSetRegistryPausedInstructionAsync,
  getUpdateRegistryInstructionAsync,
  NODE_REGISTRY_ERROR__FIELD_EMPTY,
  NODE_REGISTRY_ERROR__JOBS_RUNNING,
  NODE_REGISTRY_ERROR__PARAMETER_OUT_OF_RANGE,
  NODE_REGISTRY_ERROR__PAUSED,
  NODE_REGISTRY_ERROR__WRONG_REGISTRY,
  NODE_REGISTRY_ERROR__WRONG_SIGNER,
  NODE_REGISTRY_ERROR__WRONG_TOKEN_ACCOUNT,
} from "./generated/node-registry/index.ts";
import { RegistryWorld, withoutSignature } from "./testing/registry.ts";
import { CYXWIZ, createMint, register, World } from "./testing/world.ts";

const NOBODY = "11111111111111111111111111111111" as never;
let world: World;
let stranger: KeyPairSigner;
beforeEach(async () => {
  world = await World.open();
  stranger = await world.chain.wallet();
});

const read = () => getRegistryDecoder().decode(world.chain.data(world.registry));
const code = async (signer: KeyPairSigner, instruction: Promise<Instruction>) =>
  (await world.chain.send(signer, await instruction)).errorCode;

const pause = (paused: number, admin = world.admin) => getSetRegistryPausedInstructionAsync({ admin, paused });
const propose = (newAdmin: KeyPairSigner, admin = world.admin) =>
  getProposeRegistryAdminInstructionAsync({ admin, newAdmin: newAdmin.address });
const accept = (newAdmin: KeyPairSigner) => getAcceptRegistryAdminInstructionAsync({ newAdmin });
const update = (parameters: Partial<typeof DEFAULT_REGISTRY_PARAMETERS>, admin = world.admin) =>
  getUpdateRegistryInstructionAsync({ admin, ...DEFAULT_REGISTRY_PARAMETERS, ...parameters });
const appoint = (
  input: Partial<Parameters<typeof getSetRegistryAuthoritiesInstructionAsync>[0]> = {},
): Promise<Instruction> => {
  const { coordinator, arbiter, escrowProgram, reputationProgram } = read();
  const named = { coordinator, arbiter, escrowProgram, reputationProgram, insurance: world.insurance };
  return getSetRegistryAuthoritiesInstructionAsync({ admin: world.admin, ...named, ...input });
};

test("nothing changes without the administrator", async () => {
  const before = read();
  const all = [pause(1, stranger), propose(stranger, stranger), update({}, stranger), appoint({ admin: stranger })];
  for (const instruction of [...all, accept(stranger)]) {
    expect(await code(stranger, instruction)).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);
  }
  for (const instruction of [pause(1), propose(stranger), update({}), appoint()]) {
    const unsigned = instruction.then((signed) => withoutSignature(signed, world.admin.address));
    expect(await code(stranger, unsigned)).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);
  }
  const elsewhere = getSetRegistryPausedInstructionAsync({
    admin: world.admin,
    registry: world.nodeAccount,
    paused: 1,
  });
  expect(await code(world.admin, elsewhere)).toBe(NODE_REGISTRY_ERROR__WRONG_REGISTRY);
  expect(read()).toEqual(before);
});

test("a pause stops registrations until it ends", async () => {
  expect(await code(world.admin, pause(2))).toBe(NODE_REGISTRY_ERROR__PARAMETER_OUT_OF_RANGE);
  const { events } = await world.chain.mustSend(world.admin, await pause(1));
  expect(events).toMatchObject([{ name: "RegistryUpdated", data: { paused: 1, registry: world.registry } }]);
  expect(await code(stranger, register({ node: stranger, mint: world.mint }))).toBe(NODE_REGISTRY_ERROR__PAUSED);
  await world.chain.mustSend(world.admin, await pause(0));
  expect(await code(stranger, register({ node: stranger, mint: world.mint }))).toBeUndefined();
});

test("the administrator hands over in two steps, and may think better of it", async () => {
  await world.chain.mustSend(world.admin, await propose(stranger));
  expect(read()).toMatchObject({ admin: world.admin.address, pendingAdmin: stranger.address });
  expect(await code(world.payer, accept(world.payer))).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);
  const withdraw = getProposeRegistryAdminInstructionAsync({ admin: world.admin, newAdmin: NOBODY });
  await world.chain.mustSend(world.admin, await withdraw);
  expect(await code(stranger, accept(stranger))).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);

  await world.chain.mustSend(world.admin, await propose(stranger));
  const { events } = await world.chain.mustSend(stranger, await accept(stranger));
  expect(events).toMatchObject([{ name: "RegistryAdminAccepted", data: { admin: stranger.address } }]);
  expect(read()).toMatchObject({ admin: stranger.address, pendingAdmin: NOBODY });
  expect(await code(world.admin, pause(1))).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);
});

test("parameters change to others that make sense", async () => {
  for (const nonsense of [{ slashTimeoutBps: 10_001 }, { yieldBps: 10_001 }, { lockSeconds: -1n }]) {
    expect(await code(world.admin, update(nonsense))).toBe(NODE_REGISTRY_ERROR__PARAMETER_OUT_OF_RANGE);
  }
  const changed = { ...DEFAULT_REGISTRY_PARAMETERS, withdrawalSeconds: 60n, insuranceBps: 9_000, yieldBps: 0 };
  const before = read();
  await world.chain.mustSend(world.admin, await update(changed));
  expect(read()).toEqual({ ...before, ...changed });
});

test("whoever names the escrow program can keep a node's stake, even what was asked back: so the docs say", async () => {
  const { chain, admin, node, nodeAccount } = world;
  const registry = await RegistryWorld.of(world);
  chain.nowSeconds += DEFAULT_REGISTRY_PARAMETERS.lockSeconds;
  await chain.mustSend(node, await registry.request(CYXWIZ));
  const authority = await registry.forgedAuthority({ owner: stranger.address });
  await chain.mustSend(admin, await appoint({ escrowProgram: stranger.address }));
  await chain.mustSend(stranger, await getJobStartedInstructionAsync({ authority, node: nodeAccount }));
  chain.nowSeconds += 10n * DEFAULT_REGISTRY_PARAMETERS.withdrawalSeconds;
  expect(await code(node, registry.finish())).toBe(NODE_REGISTRY_ERROR__JOBS_RUNNING);
  await chain.mustSend(stranger, await getJobEndedInstructionAsync({ authority, node: nodeAccount }));
  expect(await code(node, registry.finish())).toBeUndefined();
});

test("authorities change to others that exist", async () => {
  for (const name of ["coordinator", "arbiter", "escrowProgram", "reputationProgram"]) {
    expect(await code(world.admin, appoint({ [name]: NOBODY }))).toBe(NODE_REGISTRY_ERROR__FIELD_EMPTY);
  }
  const otherMint = await createMint(world.chain, world.admin);
  const otherToken = await world.chain.tokenAccount(world.admin.address, otherMint, world.admin);
  for (const insurance of [otherToken, world.nodeAccount]) {
    expect(await code(world.admin, appoint({ insurance }))).toBe(NODE_REGISTRY_ERROR__WRONG_TOKEN_ACCOUNT);
  }
  const before = read();
  const changed = { coordinator: stranger.address, arbiter: world.payer.address, insurance: world.treasury };
  await world.chain.mustSend(world.admin, await appoint(changed));
  expect(read()).toEqual({ ...before, ...changed });
});
