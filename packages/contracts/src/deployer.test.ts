import { getAddressEncoder } from "@solana/kit";
import { expect, test } from "vitest";
import { findProgramDataAddress } from "./addresses.ts";
import { JOB_ESCROW_ERROR__NOT_DEPLOYER, JOB_ESCROW_PROGRAM_ADDRESS } from "./generated/job-escrow/index.ts";
import { NODE_REGISTRY_ERROR__NOT_DEPLOYER, NODE_REGISTRY_PROGRAM_ADDRESS } from "./generated/node-registry/index.ts";
import {
  REPUTATION_MANAGER_ERROR__NOT_DEPLOYER,
  REPUTATION_MANAGER_PROGRAM_ADDRESS,
} from "./generated/reputation-manager/index.ts";
import { initializeReputation } from "./testing/reputation.ts";
import { createMint, emptyChain, initializePlatform, initializeRegistry } from "./testing/world.ts";

/** Tag, slot, then `Option<Address>` of the upgrade authority. */
const AUTHORITY_OFFSET = 12;

test("where a program can be upgraded, only the key that may do so can initialise it", async () => {
  const chain = await emptyChain();
  const [owner, stranger] = [await chain.wallet(), await chain.wallet()];
  const mint = await createMint(chain, owner);
  const token = await chain.tokenAccount(owner.address, mint, owner);
  for (const program of [
    JOB_ESCROW_PROGRAM_ADDRESS,
    NODE_REGISTRY_PROGRAM_ADDRESS,
    REPUTATION_MANAGER_PROGRAM_ADDRESS,
  ]) {
    chain.overwrite(await findProgramDataAddress(program), (data) => {
      data.set([1, ...getAddressEncoder().encode(owner.address)], AUTHORITY_OFFSET);
      return data;
    });
  }
  const input = (admin: typeof owner) => ({ admin, coordinator: stranger, mint, treasury: token, insurance: token });
  const results = async (admin: typeof owner, overrides = {}) => [
    (await chain.send(admin, await initializePlatform(input(admin), overrides))).errorCode,
    (await chain.send(admin, await initializeRegistry(input(admin), overrides))).errorCode,
    (await chain.send(admin, await initializeReputation(input(admin), overrides))).errorCode,
  ];
  const refused = [
    JOB_ESCROW_ERROR__NOT_DEPLOYER,
    NODE_REGISTRY_ERROR__NOT_DEPLOYER,
    REPUTATION_MANAGER_ERROR__NOT_DEPLOYER,
  ];

  expect(await results(stranger)).toEqual(refused);
  // Neither a made-up data account nor another program helps.
  expect(await results(stranger, { programData: stranger.address })).toEqual(refused);
  expect(await results(stranger, { program: stranger.address })).toEqual(refused);
  expect(await results(owner)).toEqual([undefined, undefined, undefined]);
});
