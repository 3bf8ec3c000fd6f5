import { type Address, getAddressEncoder, lamports } from "@solana/kit";
import { beforeEach, describe, expect, test } from "vitest";
import {
  EscrowOutcome,
  EscrowState,
  getMigrateInstruction,
  getPlatformDecoder,
  JOB_ESCROW_ERROR__ILLEGAL_STATE,
  JOB_ESCROW_ERROR__WRONG_ESCROW,
  JOB_ESCROW_ERROR__WRONG_PLATFORM,
  JOB_ESCROW_ERROR__WRONG_SIGNER,
  JOB_ESCROW_ERROR__WRONG_VERSION,
  JOB_ESCROW_PROGRAM_ADDRESS,
} from "./generated/job-escrow/index.ts";
import { bytes, CYXWIZ, JOB_ID, World } from "./testing/world.ts";

const AMOUNT = 7n * CYXWIZ;
const V1_ESCROW_BYTES = 528;

/** Bytes with whole numbers in them: offset, value, size. */
function write(length: number, ...fields: readonly (readonly [offset: number, value: bigint, size: number])[]) {
  const data = new Uint8Array(length);
  for (const [offset, value, size] of fields) {
    for (let byte = 0; byte < size; byte++) data[offset + byte] = Number((value >> BigInt(8 * byte)) & 0xffn);
  }
  return data;
}

let world: World;
const address = (value: Address) => new Uint8Array(getAddressEncoder().encode(value));
const migrate = (account: Address, payer = world.admin) =>
  world.chain.send(payer, getMigrateInstruction({ payer, account }));

/** The slot as version 1 left it: an escrow of 528 bytes with its tokens in its vault. */
async function oldEscrow(state: EscrowState): Promise<void> {
  // The program of now tells bumps and makes the vault; then its account takes the shape of then.
  await world.chain.mustSend(world.payer, await world.create());
  const { bump, vaultBump } = world.read();
  const now = world.chain.nowSeconds;
  const proven = state === EscrowState.Proven;
  const data = write(
    V1_ESCROW_BYTES,
    [0, 2n, 1],
    [1, 1n, 1],
    [2, BigInt(bump), 1],
    [3, BigInt(vaultBump), 1],
    [4, BigInt(state), 1],
    [6, 1n, 1],
    [7, proven ? 1n : 0n, 1],
    [12, 1_000n, 2],
    [14, 1_000n, 2],
    [16, 1n, 8], // the slot's first job
    [24, AMOUNT, 8],
    [32, now, 8],
    [40, now + 3_600n, 8],
    [48, state === EscrowState.Created ? 0n : now, 8],
    [56, proven ? now : 0n, 8],
    [72, 86_400n, 8],
    [80, proven ? BigInt(world.tree.leafCount) : 0n, 4],
  );
  for (const [offset, value] of [
    [112, address(world.payer.address)],
    [144, address(world.payerToken)],
    [176, address(world.node.address)],
    [208, address(world.mint)],
    [240, JOB_ID],
    [256, bytes(7)],
    [288, proven ? world.tree.root : bytes(0)],
    [320, proven ? world.tree.resultHash : bytes(0)],
  ] as const) {
    data.set(value, offset);
  }
  const { svm } = world.chain;
  svm.setAccount({
    address: world.escrow,
    programAddress: JOB_ESCROW_PROGRAM_ADDRESS,
    executable: false,
    lamports: lamports(svm.minimumBalanceForRentExemption(BigInt(V1_ESCROW_BYTES))),
    space: BigInt(V1_ESCROW_BYTES),
    data,
  });
}

beforeEach(async () => {
  world = await World.open();
});

describe("an escrow of version 1", () => {
  const nonce = 1n;

  test("is no escrow until it is migrated; then it has all it had, and the new fields", async () => {
    await oldEscrow(EscrowState.Running);
    expect((await world.chain.send(world.coordinator, await world.refund({ nonce }))).errorCode).toBe(
      JOB_ESCROW_ERROR__WRONG_ESCROW,
    );
    const stranger = await world.chain.wallet();
    const { failed } = await migrate(world.escrow, stranger);
    expect(failed).toBe(false);
    expect(world.read()).toMatchObject({
      version: 2,
      state: EscrowState.Running,
      nonce,
      amount: AMOUNT,
      payer: world.payer.address,
      node: world.node.address,
      vault: world.vault,
      checkpoints: 2 ** 32 - 1,
      reported: 0,
      evidenceWindowSeconds: 2n * 86_400n,
      arbitrationWindowSeconds: 7n * 86_400n,
      appealWindowSeconds: 7n * 86_400n,
      appealDeposit: 100n * CYXWIZ,
    });
    const { svm } = world.chain;
    expect(svm.getBalance(world.escrow)).toBe(svm.minimumBalanceForRentExemption(592n));
  });

  test("that runs is proven and paid by the rules of now, and its slot goes on", async () => {
    await oldEscrow(EscrowState.Running);
    await migrate(world.escrow);
    await world.chain.mustSend(world.coordinator, await world.anchor({ nonce }));
    await world.chain.mustSend(world.coordinator, await world.commit({ nonce }));
    world.chain.nextSlot();
    await world.chain.mustSend(world.coordinator, await world.reveal({ nonce }));
    await world.chain.mustSend(world.coordinator, await world.complete({ nonce }));
    expect(world.balances()).toMatchObject({ node: 6_300_000_000n, treasury: 700_000_000n, vault: 0n });
    // Nobody told the registry of the start, so nothing is due, and the next job can come.
    await world.chain.mustSend(world.payer, await world.create({ nonce: 2n }));
    expect(world.read()).toMatchObject({ nonce: 2n, checkpoints: 5 });
  });

  test("that is proven is paid, and one that was not started cancelled", async () => {
    await oldEscrow(EscrowState.Proven);
    await migrate(world.escrow);
    await world.chain.mustSend(world.coordinator, await world.complete({ nonce }));
    expect(world.read()).toMatchObject({ state: EscrowState.Settled, outcome: EscrowOutcome.Completed });

    world = await World.open();
    await oldEscrow(EscrowState.Created);
    await migrate(world.escrow);
    await world.chain.mustSend(world.payer, await world.cancel({ nonce }));
    expect(world.balances()).toMatchObject({ payer: 1_000n * CYXWIZ, vault: 0n });
  });

  test("cannot be cancelled while it runs, for nobody wrote down its epochs", async () => {
    await oldEscrow(EscrowState.Running);
    await migrate(world.escrow);
    const { errorCode } = await world.chain.send(world.payer, await world.cancelRunning({ nonce }));
    expect(errorCode).toBe(JOB_ESCROW_ERROR__ILLEGAL_STATE);
    world.chain.nowSeconds += 3_600n;
    await world.chain.mustSend(world.admin, await world.timeout({ nonce }));
    expect(world.balances()).toMatchObject({ payer: 1_000n * CYXWIZ, vault: 0n });
  });

  test("is closed and opened again under a nonce that it never had", async () => {
    await oldEscrow(EscrowState.Settled);
    world.chain.setTokens(world.vault, 3n);
    await migrate(world.escrow);
    await world.chain.mustSend(world.payer, await world.close());
    expect(world.chain.svm.getAccount(world.escrow).exists).toBe(false);
    expect(world.chain.svm.getAccount(world.vault).exists).toBe(false);
    expect(world.balances().payer).toBe(993n * CYXWIZ + 3n);
    await world.chain.mustSend(world.payer, await world.create());
  });
});

describe("the platform of version 1", () => {
  test("gets the time to arbitrate, and keeps the rest", async () => {
    const before = getPlatformDecoder().decode(world.chain.data(world.platform));
    world.chain.overwrite(world.platform, (data) => {
      data.set(new Uint8Array(104), 512 - 104);
      return data.with(1, 1);
    });
    expect((await world.chain.send(world.payer, await world.create())).errorCode).toBe(
      JOB_ESCROW_ERROR__WRONG_PLATFORM,
    );
    const { events, failed } = await migrate(world.platform, world.node);
    expect({ failed, events }).toMatchObject({
      failed: false,
      events: [{ name: "AccountMigrated", data: { fromVersion: 1, toVersion: 2, account: world.platform } }],
    });
    expect(getPlatformDecoder().decode(world.chain.data(world.platform))).toEqual(before);
    await world.chain.mustSend(world.payer, await world.create());
  });
});

describe("migrate refuses", () => {
  test("accounts of the present version, of other programs, and other lengths", async () => {
    await oldEscrow(EscrowState.Running);
    await migrate(world.escrow);
    for (const account of [world.escrow, world.platform, world.nodeAccount, world.vault, world.payer.address]) {
      expect((await migrate(account)).errorCode).toBe(JOB_ESCROW_ERROR__WRONG_VERSION);
    }
    world.chain.overwrite(world.escrow, (data) => data.with(1, 1));
    expect((await migrate(world.escrow)).errorCode).toBe(JOB_ESCROW_ERROR__WRONG_VERSION);
  });

  test("to take the rent of somebody who did not sign", async () => {
    await oldEscrow(EscrowState.Running);
    const instruction = getMigrateInstruction({ payer: world.payer, account: world.escrow });
    const accounts = instruction.accounts.map(({ address, role }, index) => ({
      address,
      role: index === 0 ? 1 : role,
    }));
    const { errorCode } = await world.chain.send(world.admin, { ...instruction, accounts } as typeof instruction);
    expect(errorCode).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
  });
});
