import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { beforeEach, expect, test } from "vitest";
import { NodeFault } from "./generated/job-escrow/index.ts";
import {
  getJobEndedInstructionAsync,
  getJobStartedInstructionAsync,
  NODE_REGISTRY_ERROR__ILLEGAL_STATUS,
  NODE_REGISTRY_ERROR__UNKNOWN_REASON,
  NODE_REGISTRY_ERROR__WRONG_NODE,
  NODE_REGISTRY_ERROR__WRONG_SIGNER,
  NODE_REGISTRY_PROGRAM_ADDRESS,
  NodeStatus,
  SlashReason,
} from "./generated/node-registry/index.ts";
import { RegistryWorld, withoutSignature } from "./testing/registry.ts";
import { World } from "./testing/world.ts";

let world: World;
let registry: RegistryWorld;
beforeEach(async () => {
  world = await World.open();
  registry = await RegistryWorld.of(world);
});

test("the registry counts a node's running jobs from their start to the report of their end", async () => {
  await registry.startJob();
  expect(registry.read().runningJobs).toBe(1);
  const nonce = world.read().nonce;
  await world.chain.mustSend(world.coordinator, await world.refund({ nonce }));
  expect(registry.read().runningJobs).toBe(1);
  const { events } = await registry.report();
  expect(registry.read()).toMatchObject({ runningJobs: 0, slashedTotal: 0n, status: NodeStatus.Active });
  expect(events).toContainEqual(
    expect.objectContaining({ name: "NodeJobs", data: expect.objectContaining({ runningJobs: 0 }) }),
  );
});

test("only the escrow program can say so: no key, and no other account of any program", async () => {
  const { chain, nodeAccount: node } = world;
  const calls = (authority: Parameters<typeof registry.slashForJob>[0]) => [
    getJobStartedInstructionAsync({ authority, node }),
    getJobEndedInstructionAsync({ authority, node }),
    registry.slashForJob(authority),
  ];
  const keys = [
    world.admin,
    world.arbiter,
    world.coordinator,
    world.node,
    await registry.forgedAuthority({ discriminator: 2 }),
    await registry.forgedAuthority({ owner: NODE_REGISTRY_PROGRAM_ADDRESS }),
    await registry.forgedAuthority({ owner: SYSTEM_PROGRAM_ADDRESS }),
  ];
  for (const key of keys) {
    for (const call of calls(key)) {
      expect(await registry.code(world.payer, call)).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);
    }
  }
  // The platform itself, which anybody can name and nobody can sign for.
  const platform = await chain.wallet();
  for (const call of calls(platform)) {
    const instruction = withoutSignature(await call, platform.address);
    const accounts = (instruction.accounts ?? []).map((meta) =>
      meta.address === platform.address ? { ...meta, address: world.platform } : meta,
    );
    const { errorCode } = await chain.send(world.payer, { ...instruction, accounts });
    expect(errorCode).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);
  }
  expect(registry.read()).toMatchObject({ runningJobs: 0, slashedTotal: 0n });
});

test.each([NodeStatus.Suspended, NodeStatus.Banned, NodeStatus.Withdrawn])(
  "a node of status %i starts no job, but its jobs end",
  async (status) => {
    registry.forge({ status, runningJobs: 2 });
    const authority = await registry.forgedAuthority();
    const node = world.nodeAccount;
    expect(await registry.code(world.payer, getJobStartedInstructionAsync({ authority, node }))).toBe(
      NODE_REGISTRY_ERROR__ILLEGAL_STATUS,
    );
    await world.chain.mustSend(world.payer, await getJobEndedInstructionAsync({ authority, node }));
    await world.chain.mustSend(world.payer, await registry.slashForJob(authority));
    expect(registry.read()).toMatchObject({ runningJobs: 0, status });
    // One more than there were: nothing to count down, and no reason to refuse.
    await world.chain.mustSend(world.payer, await getJobEndedInstructionAsync({ authority, node }));
    expect(registry.read().runningJobs).toBe(0);
  },
);

test("the accounts and the reason are looked at too", async () => {
  const authority = await registry.forgedAuthority();
  expect(await registry.code(world.payer, registry.slashForJob(authority, { reason: SlashReason.None }))).toBe(
    NODE_REGISTRY_ERROR__UNKNOWN_REASON,
  );
  const notNodes = [world.registry, world.platform, world.payerToken];
  for (const node of notNodes) {
    expect(await registry.code(world.payer, getJobStartedInstructionAsync({ authority, node }))).toBe(
      NODE_REGISTRY_ERROR__WRONG_NODE,
    );
  }
});

test("the two programs count faults by the same numbers", () => {
  const named = (numbers: object) => Object.entries(numbers).filter(([, value]) => typeof value === "number");
  expect(named(SlashReason)).toEqual(named(NodeFault));
});
