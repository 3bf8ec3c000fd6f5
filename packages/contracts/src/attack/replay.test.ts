import { getTransferSolInstruction } from "@solana-program/system";
import { describe, expect, test } from "vitest";
import { EscrowState } from "../generated/job-escrow/index.ts";
import { INSTRUCTIONS } from "./testing/idl.ts";
import { JOB_MOVES, Job, type JobMove, REACHABLE } from "./testing/job.ts";
import { run } from "./testing/verdict.ts";

const WRONG_NONCE = "jobEscrow.wrongNonce";

/** All but those that compare nonces in a way of their own, or name none; they stand further down. */
const NAMED: readonly JobMove[] = JOB_MOVES.filter((move) => move !== "createEscrow" && move !== "closeSlot");

test("every instruction of an escrow is a move of this list", () => {
  const aboutEscrows = INSTRUCTIONS.filter(({ slots }) => slots.some(({ name }) => name === "escrow"));
  expect(aboutEscrows.map(({ name }) => name).sort()).toEqual([...JOB_MOVES].sort());
});

describe("an instruction made for another job of the slot is refused, whatever the state", () => {
  test.each(REACHABLE)("%s", async (state) => {
    const job = await Job.at(state);
    job.world.chain.nextSlot();
    const wrong: string[] = [];
    for (const nonce of [job.nonce - 1n, job.nonce + 1n, 0n, 2n ** 64n - 1n]) {
      for (const move of NAMED) {
        const verdict = await job.rehearse(move, { nonce });
        if (verdict !== WRONG_NONCE) wrong.push(`${move} of ${nonce}: ${verdict}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

test("the next job of a slot has the next nonce, and no other", async () => {
  const job = await Job.at("Settled");
  await job.must("reportOutcome");
  for (const nonce of [0n, job.nonce - 1n, job.nonce, job.nonce + 2n, 2n ** 64n - 1n]) {
    expect(await job.rehearse("createEscrow", { nonce })).toBe(WRONG_NONCE);
  }
  expect(await job.rehearse("createEscrow", { nonce: job.nonce + 1n })).toBe("ok");
});

describe("a slot that was closed and opened again", () => {
  test("cannot have a nonce that it had before", async () => {
    const job = await Job.at("Settled");
    const { chain } = job.world;
    await job.must("reportOutcome");
    // So many short jobs that the nonce runs ahead of the clock.
    const last = job.nonce + 5n;
    for (let nonce = job.nonce + 1n; nonce <= last; nonce++) {
      await new Job(job.world, nonce).must("createEscrow", "cancelEscrow");
    }
    chain.nowSeconds = last + 1_200n;
    expect(await job.rehearse("closeSlot")).toBe("jobEscrow.slotTooYoung");
    chain.nowSeconds = last + 1_201n;
    await job.must("closeSlot");

    // The earliest nonce that the slot can be opened with again is later than its last one.
    for (const nonce of [job.nonce, last, chain.nowSeconds - 601n, chain.nowSeconds + 601n]) {
      expect(await job.rehearse("createEscrow", { nonce })).toBe("jobEscrow.nonceOutOfRange");
    }
    const again = new Job(job.world, chain.nowSeconds - 600n);
    expect(again.nonce).toBeGreaterThan(last);
    await again.must("createEscrow", "startEscrow");
    for (const move of NAMED) expect(await job.rehearse(move), move).toBe(WRONG_NONCE);
  });

  test("in the same transaction begins anew as well, with nothing of before", async () => {
    const job = await Job.at("Settled");
    const { chain, admin, vault, escrow } = job.world;
    await job.must("reportOutcome");
    job.later(1_201n);
    const again = new Job(job.world, chain.nowSeconds - 600n);
    const [close, create] = [await job.build("closeSlot"), await again.build("createEscrow")];
    expect(run(chain, admin.address, close, await job.build("createEscrow", { nonce: job.nonce + 1n }))).toBe(
      "jobEscrow.nonceOutOfRange",
    );
    expect(run(chain, admin.address, close, create, close)).toBe("jobEscrow.illegalState");
    // Lamports that come in between do not bring the old account back.
    const rent = getTransferSolInstruction({ source: admin, destination: escrow, amount: 10_000_000n });
    expect(run(chain, admin.address, close, rent, create)).toBe("ok");
    expect(again.escrow).toMatchObject({ state: EscrowState.Created, nonce: again.nonce, leafCount: 0, proofCount: 0 });
    expect(chain.tokens(vault)).toBe(again.escrow.amount);
  });

  test("left nothing behind that an old instruction could take", async () => {
    const job = await Job.at("Settled");
    const { chain, escrow, vault } = job.world;
    await job.must("reportOutcome");
    job.later(1_201n);
    await job.must("closeSlot");
    for (const address of [escrow, vault]) expect(chain.svm.getAccount(address).exists).toBe(false);
    for (const move of NAMED) expect(await job.rehearse(move), move).toBe("jobEscrow.wrongEscrow");
    expect(await job.rehearse("closeSlot")).toBe("jobEscrow.wrongEscrow");
  });
});
