import { beforeEach, describe, expect, test } from "vitest";
import { getSetPausedInstructionAsync, NodeFault } from "../generated/job-escrow/index.ts";
import { bytes, CYXWIZ, mintTo, register, stake, World } from "../testing/world.ts";
import { Job } from "./testing/job.ts";
import { run, trustSigners } from "./testing/verdict.ts";

const U32_MAX = 2 ** 32 - 1;

describe("create_escrow", () => {
  let job: Job;
  beforeEach(async () => {
    const world = await World.open();
    trustSigners(world.chain);
    job = new Job(world);
  });

  test.each([
    [{ amount: 0n }, "amountZero"],
    [{ flags: 2 }, "unknownFlag"],
    [{ flags: 255 }, "unknownFlag"],
    [{ jobId: bytes(0, 16) }, "fieldEmpty"],
    [{ checkpoints: 0 }, "parameterOutOfRange"],
    [{ checkpoints: U32_MAX }, "parameterOutOfRange"],
    [{ deadline: -(2n ** 63n) }, "deadlineOutOfRange"],
    [{ deadline: 2n ** 63n - 1n }, "deadlineOutOfRange"],
  ])("refuses %o", async (overrides, error) => {
    expect(await job.rehearse("createEscrow", overrides)).toBe(`jobEscrow.${error}`);
  });

  test.each([
    [-1n, false],
    [59n, false],
    [60n, true],
    [604_800n, true],
    [604_801n, false],
  ])("takes deadlines from 60 s to 7 days: %s s from now, %s", async (seconds, taken) => {
    const deadline = job.world.chain.nowSeconds + seconds;
    expect(await job.rehearse("createEscrow", { deadline })).toBe(taken ? "ok" : "jobEscrow.deadlineOutOfRange");
  });

  test.each([
    [-601n, false],
    [-600n, true],
    [600n, true],
    [601n, false],
  ])("takes first nonces near the clock's seconds: %s s from now, %s", async (seconds, taken) => {
    const nonce = job.world.chain.nowSeconds + seconds;
    expect(await job.rehearse("createEscrow", { nonce })).toBe(taken ? "ok" : "jobEscrow.nonceOutOfRange");
  });

  test.each([0, 2, 3, 4, 77])("refuses a node of status %i", async (status) => {
    job.world.chain.overwrite(job.world.nodeAccount, (data) => data.with(4, status));
    expect(await job.rehearse("createEscrow")).toBe("jobEscrow.nodeNotActive");
  });

  test.each([
    [10n * CYXWIZ - 1n, 50n],
    [10n * CYXWIZ, 200n],
    [50n * CYXWIZ, 1_000n],
    [200n * CYXWIZ, 5_000n],
  ])("of %s base units needs a stake of %s CYXWIZ", async (amount, minimum) => {
    const setStake = (staked: bigint) =>
      job.world.chain.overwrite(job.world.nodeAccount, (data) => {
        new DataView(data.buffer).setBigUint64(8, staked, true);
        return data;
      });
    setStake(minimum * CYXWIZ - 1n);
    expect(await job.rehearse("createEscrow", { amount })).toBe("jobEscrow.stakeTooSmall");
    setStake(minimum * CYXWIZ);
    expect(await job.rehearse("createEscrow", { amount })).toBe("ok");
  });

  test("refuses a payer that is the node", async () => {
    const { chain, admin, mint, node, nodeToken } = job.world;
    await chain.mustSend(admin, mintTo(mint, nodeToken, admin, 10n * CYXWIZ));
    const instruction = await job.world.create({ payer: node, payerToken: nodeToken });
    expect(run(chain, admin.address, instruction)).toBe("jobEscrow.payerIsNode");
  });

  test("of more than the payer has makes nothing", async () => {
    const { chain, escrow, vault } = job.world;
    expect(await job.send("createEscrow", { amount: 1_001n * CYXWIZ })).toBe("custom 1");
    for (const address of [escrow, vault]) expect(chain.svm.getAccount(address).exists).toBe(false);
  });

  test("is not kept from its place by lamports that somebody sent there before", async () => {
    const { chain, escrow, vault } = job.world;
    for (const address of [escrow, vault]) chain.svm.airdrop(address, 1_000_000n as never);
    expect(await job.send("createEscrow")).toBe("ok");
  });

  test("names the node's fee: 10 per cent, 8 for a diamond", async () => {
    await job.must("createEscrow");
    expect(job.escrow.feeBps).toBe(1_000);
    await job.must("cancelEscrow");
    job.world.chain.overwrite(job.world.nodeAccount, (data) => data.with(5, 3));
    const next = new Job(job.world, job.nonce + 1n);
    await next.must("createEscrow");
    expect(next.escrow.feeBps).toBe(800);
  });
});

describe("the pause", () => {
  test("stops new escrows, and no way out of one", async () => {
    const ways = [
      ["Proven", "completePayment"],
      ["Running", "approvePayment"],
      ["Created", "cancelEscrow"],
      ["Running", "cancelRunning"],
      ["Running", "refundEscrow"],
      ["Proven", "openDispute"],
      ["Resolved", "appeal"],
    ] as const;
    for (const [state, move] of ways) {
      const job = await Job.at(state);
      const { admin, chain } = job.world;
      await chain.mustSend(admin, await getSetPausedInstructionAsync({ admin, paused: 1 }));
      expect(await job.rehearse(move), move).toBe("ok");
      if (state !== "Created") continue;
      expect(await job.rehearse("startEscrow")).toBe("ok");
      await job.must("cancelEscrow");
      expect(await job.rehearse("createEscrow", { nonce: job.nonce + 1n })).toBe("jobEscrow.paused");
    }
  });

  test("is 0 or 1", async () => {
    const { chain, admin } = await World.open();
    const { errorCode } = await chain.send(admin, await getSetPausedInstructionAsync({ admin, paused: 2 }));
    expect(errorCode).toBe(6003);
  });
});

describe("refund_escrow names a fault only where there can be one", () => {
  const { None, Failed, InvalidProof, DisputeLost } = NodeFault;
  test.each([
    ["Created", [None]],
    ["Running", [None, Failed]],
    ["Committed", [None, Failed, InvalidProof]],
    ["Proven", [None, Failed, InvalidProof]],
  ] as const)("%s: %o", async (state, possible) => {
    const job = await Job.at(state);
    for (const fault of [None, Failed, InvalidProof, DisputeLost]) {
      const expected = (possible as readonly number[]).includes(fault) ? "ok" : "jobEscrow.parameterOutOfRange";
      expect(await job.rehearse("refundEscrow", { fault })).toBe(expected);
    }
  });
});

test("a node registers at its place even if somebody sent lamports there before", async () => {
  const { chain, mint, admin } = await World.open();
  const node = await chain.wallet();
  const nodeToken = await chain.tokenAccount(node.address, mint, admin);
  await chain.mustSend(admin, mintTo(mint, nodeToken, admin, CYXWIZ));
  const registration = await register({ node, mint });
  for (const { address } of (registration.accounts ?? []).slice(3, 5)) chain.svm.airdrop(address, 1_000_000n as never);
  await chain.mustSend(node, registration, await stake({ node, nodeToken, amount: CYXWIZ }));
});
