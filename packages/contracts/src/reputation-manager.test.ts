import { generateKeyPairSigner, type Instruction, type KeyPairSigner } from "@solana/kit";
import { beforeEach, describe, expect, test } from "vitest";
import { findPageAddress, findReputationAddress } from "./addresses.ts";
import {
  getAcceptReputationAdminInstructionAsync,
  getProposeReputationAdminInstructionAsync,
  getReputationDecoder,
  getSetReputationCoordinatorInstructionAsync,
  OutcomeKind,
  REPUTATION_MANAGER_ERROR__ALREADY_EXISTS,
  REPUTATION_MANAGER_ERROR__BATCH_EMPTY,
  REPUTATION_MANAGER_ERROR__BATCH_MALFORMED,
  REPUTATION_MANAGER_ERROR__DUPLICATE_NODE,
  REPUTATION_MANAGER_ERROR__FIELD_EMPTY,
  REPUTATION_MANAGER_ERROR__NOT_WRITABLE,
  REPUTATION_MANAGER_ERROR__PAGE_FULL,
  REPUTATION_MANAGER_ERROR__PAGE_INDEX_TOO_LARGE,
  REPUTATION_MANAGER_ERROR__UNKNOWN_ENTRY,
  REPUTATION_MANAGER_ERROR__UNKNOWN_KIND,
  REPUTATION_MANAGER_ERROR__VALUE_OUT_OF_RANGE,
  REPUTATION_MANAGER_ERROR__WRONG_PAGE,
  REPUTATION_MANAGER_ERROR__WRONG_REPUTATION,
  REPUTATION_MANAGER_ERROR__WRONG_SEQUENCE,
  REPUTATION_MANAGER_ERROR__WRONG_SIGNER,
} from "./generated/reputation-manager/index.ts";
import { initializeReputation, Reputation } from "./testing/reputation.ts";
import { emptyChain } from "./testing/world.ts";

const NOBODY = "11111111111111111111111111111111" as never;
const completed = { entry: 0, kind: OutcomeKind.Completed, value: 900 };
let reputation: Reputation;
let stranger: KeyPairSigner;
beforeEach(async () => {
  const chain = await emptyChain();
  stranger = await chain.wallet();
  reputation = await Reputation.open(chain, await chain.wallet(), await chain.wallet());
  await reputation.addNodes(2);
});

async function code(signer: KeyPairSigner, instruction: Promise<Instruction>): Promise<number | undefined> {
  return (await reputation.chain.send(signer, await instruction)).errorCode;
}

describe("record_outcomes", () => {
  test("adds points, says so once, and counts batches", async () => {
    reputation.chain.nowSeconds += 60n;
    const { events } = await reputation.mustRecord(completed, { entry: 1, kind: OutcomeKind.Failed, value: 0 });
    expect(events).toMatchObject([
      {
        name: "OutcomesRecorded",
        program: "reputationManager",
        data: { page: reputation.page, sequence: 1n, count: 2 },
      },
    ]);
    expect(reputation.read()).toMatchObject({ sequence: 1n, updatedAt: reputation.chain.nowSeconds, count: 2 });
    // 400/21 + 250 × 0.9/21 + 100/21, each rounded down, and 10.
    expect(reputation.entry(0)).toMatchObject({ assigned: 1, completed: 1, score: 19 + 10 + 4 + 10, tier: 0 });
    expect(reputation.entry(1)).toMatchObject({ assigned: 1, completed: 0, events: -50, score: 0, tier: 0 });
  });

  test("refuses a batch that was applied already, and one that skips a number", async () => {
    const batch = await reputation.record([completed]);
    await reputation.chain.mustSend(reputation.coordinator, batch);
    const before = reputation.read();
    expect(await code(reputation.coordinator, Promise.resolve(batch))).toBe(REPUTATION_MANAGER_ERROR__WRONG_SEQUENCE);
    expect(await code(reputation.coordinator, reputation.record([completed], { sequence: 3n }))).toBe(
      REPUTATION_MANAGER_ERROR__WRONG_SEQUENCE,
    );
    expect(reputation.read()).toEqual(before);
  });

  test.each([
    [{ ...completed, entry: 2 }, REPUTATION_MANAGER_ERROR__UNKNOWN_ENTRY],
    [{ ...completed, entry: 255 }, REPUTATION_MANAGER_ERROR__UNKNOWN_ENTRY],
    [{ ...completed, value: 1_001 }, REPUTATION_MANAGER_ERROR__VALUE_OUT_OF_RANGE],
    [{ entry: 0, kind: OutcomeKind.Rated, value: 6 }, REPUTATION_MANAGER_ERROR__VALUE_OUT_OF_RANGE],
    [{ entry: 0, kind: OutcomeKind.Uptime, value: 1_001 }, REPUTATION_MANAGER_ERROR__VALUE_OUT_OF_RANGE],
    [{ entry: 0, kind: OutcomeKind.DisputeWon, value: 1 }, REPUTATION_MANAGER_ERROR__VALUE_OUT_OF_RANGE],
  ])("one bad outcome (%o) leaves all of its batch out", async (bad, error) => {
    await reputation.mustRecord(completed);
    const before = reputation.read();
    expect(await code(reputation.coordinator, reputation.record([completed, completed, bad]))).toBe(error);
    expect(reputation.read()).toEqual(before);
    await reputation.mustRecord(completed);
    expect(reputation.entry(0).completed).toBe(2);
  });

  test("refuses an unknown kind, no outcome at all, and bytes that are not whole outcomes", async () => {
    const batch = await reputation.record([completed]);
    const send = async (data: Uint8Array) =>
      (await reputation.chain.send(reputation.coordinator, { ...batch, data } as Instruction)).errorCode;
    const data = Uint8Array.from(batch.data ?? []);
    expect(await send(Uint8Array.of(...data.subarray(0, 10), 9, 0, 0))).toBe(REPUTATION_MANAGER_ERROR__UNKNOWN_KIND);
    expect(await send(data.subarray(0, 9))).toBe(REPUTATION_MANAGER_ERROR__BATCH_EMPTY);
    for (const length of [10, 11, 12]) {
      expect(await send(data.subarray(0, length))).toBe(REPUTATION_MANAGER_ERROR__BATCH_MALFORMED);
    }
  });

  test("is the coordinator's alone, whatever else a stranger names", async () => {
    expect(await code(stranger, reputation.record([completed], { coordinator: stranger }))).toBe(
      REPUTATION_MANAGER_ERROR__WRONG_SIGNER,
    );
    expect(await code(reputation.admin, reputation.record([completed], { coordinator: reputation.admin }))).toBe(
      REPUTATION_MANAGER_ERROR__WRONG_SIGNER,
    );
    const unsigned = await reputation.record([completed]);
    const accounts = (unsigned.accounts ?? []).map(({ address, role }) =>
      address === reputation.coordinator.address ? { address, role: 0 } : { address, role },
    );
    expect(await code(stranger, Promise.resolve({ ...unsigned, accounts } as Instruction))).toBe(
      REPUTATION_MANAGER_ERROR__WRONG_SIGNER,
    );
    const { coordinator, page } = reputation;
    expect(await code(coordinator, reputation.record([completed], { reputation: page }))).toBe(
      REPUTATION_MANAGER_ERROR__WRONG_REPUTATION,
    );
    const other = await findReputationAddress();
    expect(await code(coordinator, reputation.record([completed], { page: other, sequence: 1n }))).toBe(
      REPUTATION_MANAGER_ERROR__WRONG_PAGE,
    );
    const readonly = await reputation.record([completed]);
    const metas = (readonly.accounts ?? []).map((meta) => (meta.address === page ? { ...meta, role: 0 } : meta));
    expect(await code(coordinator, Promise.resolve({ ...readonly, accounts: metas } as Instruction))).toBe(
      REPUTATION_MANAGER_ERROR__NOT_WRITABLE,
    );
  });
});

describe("pages", () => {
  test("take 120 nodes, each once, and only from the coordinator", async () => {
    const wallet = reputation.entry(1).wallet;
    expect(await code(reputation.coordinator, reputation.addNode(wallet))).toBe(
      REPUTATION_MANAGER_ERROR__DUPLICATE_NODE,
    );
    expect(await code(reputation.coordinator, reputation.addNode(NOBODY))).toBe(REPUTATION_MANAGER_ERROR__FIELD_EMPTY);
    expect(await code(stranger, reputation.addNode(stranger.address, { coordinator: stranger }))).toBe(
      REPUTATION_MANAGER_ERROR__WRONG_SIGNER,
    );
    const { events } = await reputation.chain.mustSend(
      reputation.coordinator,
      await reputation.addNode(stranger.address),
    );
    expect(events).toMatchObject([{ name: "NodeAdded", data: { entry: 2, wallet: stranger.address } }]);
    await reputation.addNodes(117);
    expect(reputation.read().count).toBe(120);
    const { address } = await generateKeyPairSigner();
    expect(await code(reputation.coordinator, reputation.addNode(address))).toBe(REPUTATION_MANAGER_ERROR__PAGE_FULL);
    await reputation.mustRecord({ ...completed, entry: 119 });
    expect(reputation.entry(119).completed).toBe(1);
  });

  test("are opened once each at their own addresses, by the coordinator", async () => {
    const { coordinator } = reputation;
    expect(await code(coordinator, reputation.openPage(0))).toBe(REPUTATION_MANAGER_ERROR__ALREADY_EXISTS);
    expect(await code(coordinator, reputation.openPage(2, { page: await findPageAddress(1) }))).toBe(
      REPUTATION_MANAGER_ERROR__WRONG_PAGE,
    );
    expect(await code(coordinator, reputation.openPage(2 ** 25))).toBe(REPUTATION_MANAGER_ERROR__PAGE_INDEX_TOO_LARGE);
    expect(await code(stranger, reputation.openPage(1, { coordinator: stranger, payer: stranger }))).toBe(
      REPUTATION_MANAGER_ERROR__WRONG_SIGNER,
    );
    const { events } = await reputation.chain.mustSend(coordinator, await reputation.openPage(1));
    const page = await findPageAddress(1);
    expect(events).toMatchObject([{ name: "PageOpened", data: { page, pageIndex: 1 } }]);
    expect(reputation.read(page)).toMatchObject({ pageIndex: 1, count: 0, sequence: 0n });
  });
});

describe("authorities", () => {
  test("are set once, by whoever may deploy", async () => {
    expect(await code(reputation.admin, initializeReputation(reputation))).toBe(
      REPUTATION_MANAGER_ERROR__ALREADY_EXISTS,
    );
  });

  test("are handed over in two steps, and the coordinator changes at once", async () => {
    const { chain, admin, coordinator } = reputation;
    const accept = (newAdmin: KeyPairSigner) => getAcceptReputationAdminInstructionAsync({ newAdmin });
    const propose = (by: KeyPairSigner) =>
      getProposeReputationAdminInstructionAsync({ admin: by, newAdmin: stranger.address });
    const appoint = (by: KeyPairSigner, newCoordinator = stranger.address) =>
      getSetReputationCoordinatorInstructionAsync({ admin: by, newCoordinator });
    for (const refused of [propose(stranger), accept(stranger), appoint(stranger)]) {
      expect(await code(stranger, refused)).toBe(REPUTATION_MANAGER_ERROR__WRONG_SIGNER);
    }
    expect(await code(admin, appoint(admin, NOBODY))).toBe(REPUTATION_MANAGER_ERROR__FIELD_EMPTY);
    const { events } = await chain.mustSend(admin, await propose(admin), await appoint(admin));
    expect(events).toMatchObject([
      { name: "ReputationAdminProposed", data: { pendingAdmin: stranger.address } },
      { name: "ReputationCoordinatorChanged", data: { coordinator: stranger.address } },
    ]);
    await chain.mustSend(stranger, await accept(stranger));
    expect(getReputationDecoder().decode(chain.data(await findReputationAddress()))).toMatchObject({
      admin: stranger.address,
      pendingAdmin: NOBODY,
      coordinator: stranger.address,
    });
    expect(await code(admin, propose(admin))).toBe(REPUTATION_MANAGER_ERROR__WRONG_SIGNER);
    expect(await code(coordinator, reputation.record([completed]))).toBe(REPUTATION_MANAGER_ERROR__WRONG_SIGNER);
    expect(await code(stranger, reputation.record([completed], { coordinator: stranger }))).toBeUndefined();
  });
});
