import { type Address, address, type KeyPairSigner } from "@solana/kit";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_PLATFORM_PARAMETERS } from "./economy.ts";
import {
  getAcceptPlatformAdminInstructionAsync,
  getPlatformDecoder,
  getProposePlatformAdminInstructionAsync,
  getSetPausedInstructionAsync,
  getSetPlatformAuthoritiesInstructionAsync,
  getUpdatePlatformInstructionAsync,
  JOB_ESCROW_ERROR__PARAMETER_OUT_OF_RANGE,
  JOB_ESCROW_ERROR__WRONG_SIGNER,
  JOB_ESCROW_ERROR__WRONG_TREASURY,
} from "./generated/job-escrow/index.ts";
import { CYXWIZ, createMint, World } from "./testing/world.ts";

const NOBODY = address("11111111111111111111111111111111");

let world: World;
beforeEach(async () => {
  world = await World.open();
});

const platform = () => getPlatformDecoder().decode(world.chain.data(world.platform));
const propose = (newAdmin: Address, admin = world.admin) =>
  getProposePlatformAdminInstructionAsync({ admin, newAdmin });
const accept = (newAdmin: KeyPairSigner) => getAcceptPlatformAdminInstructionAsync({ newAdmin });

test("the admin hands over in two steps, and can think better of it in between", async () => {
  const { chain, admin } = world;
  const [next, wrong] = [await chain.wallet(), await chain.wallet()];
  await chain.mustSend(admin, await propose(wrong.address));
  await chain.mustSend(admin, await propose(NOBODY));
  expect((await chain.send(wrong, await accept(wrong))).errorCode).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);

  await chain.mustSend(admin, await propose(next.address));
  // Until it accepts, nothing has changed.
  await chain.mustSend(admin, await getSetPausedInstructionAsync({ admin, paused: 1 }));
  const { events } = await chain.mustSend(next, await accept(next));
  expect(events).toMatchObject([{ name: "PlatformAdminAccepted", data: { admin: next.address } }]);
  expect(platform()).toMatchObject({ admin: next.address, pendingAdmin: NOBODY });
  const old = await chain.send(admin, await getSetPausedInstructionAsync({ admin, paused: 0 }));
  expect(old.errorCode).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
  await chain.mustSend(next, await getSetPausedInstructionAsync({ admin: next, paused: 0 }));
});

test("new parameters are for escrows made later", async () => {
  const { chain, admin, payer } = world;
  await world.reach("proven");
  const parameters = { ...DEFAULT_PLATFORM_PARAMETERS, feeBps: 3_000, diamondFeeBps: 1, cancelFeeBps: 7 };
  const { events } = await chain.mustSend(admin, await getUpdatePlatformInstructionAsync({ admin, ...parameters }));
  expect(events).toMatchObject([{ name: "PlatformUpdated", data: { platform: world.platform } }]);
  expect(platform()).toMatchObject(parameters);
  await chain.mustSend(world.coordinator, await world.complete(), await world.report());
  expect(world.balances().node).toBe(6_300_000_000n);
  await chain.mustSend(payer, await world.create({ nonce: world.read().nonce + 1n }));
  expect(world.read()).toMatchObject({ feeBps: 3_000, cancelFeeBps: 7 });
});

test("new authorities take over at once, and fees go to the new treasury", async () => {
  const { chain, admin, coordinator, arbiter } = world;
  await world.reach("proven");
  const other = await chain.wallet();
  const treasury = await chain.tokenAccount(other.address, world.mint, admin);
  const set = async (input: { coordinator?: Address; treasury?: Address }) =>
    getSetPlatformAuthoritiesInstructionAsync({
      admin,
      coordinator: other.address,
      arbiter: arbiter.address,
      treasury,
      insurance: world.insurance,
      ...input,
    });
  const foreign = await chain.tokenAccount(other.address, await createMint(chain, admin), admin);
  expect((await chain.send(admin, await set({ treasury: foreign }))).errorCode).toBe(JOB_ESCROW_ERROR__WRONG_TREASURY);
  expect((await chain.send(admin, await set({ coordinator: NOBODY }))).errorCode).toBe(
    JOB_ESCROW_ERROR__PARAMETER_OUT_OF_RANGE,
  );
  await chain.mustSend(admin, await set({}));
  const old = await chain.send(coordinator, await world.complete({ treasury }));
  expect(old.errorCode).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
  await chain.mustSend(other, await world.complete({ authority: other, treasury }));
  expect(chain.tokens(treasury)).toBe((7n * CYXWIZ) / 10n);
});
