import type { Address, KeyPairSigner } from "@solana/kit";
import { describe, expect, test } from "vitest";
import { getSetPlatformAuthoritiesInstructionAsync, NodeFault } from "../generated/job-escrow/index.ts";
import { CYXWIZ } from "../testing/world.ts";
import { Job } from "./testing/job.ts";

/** The admin names others, while a job is under way. */
async function appoint(job: Job, named: { coordinator?: Address; arbiter?: Address; treasury?: Address }) {
  const { chain, admin, coordinator, arbiter, treasury, insurance } = job.world;
  const others = { coordinator: coordinator.address, arbiter: arbiter.address, treasury, insurance };
  await chain.mustSend(admin, await getSetPlatformAuthoritiesInstructionAsync({ admin, ...others, ...named }));
}

const WRONG_SIGNER = "jobEscrow.wrongSigner";

describe("another coordinator in the middle of a job", () => {
  test("shows and pays what the one before committed to, which can do nothing more", async () => {
    const job = await Job.at("Committed");
    const next: KeyPairSigner = await job.world.chain.wallet();
    await appoint(job, { coordinator: next.address });
    job.world.chain.nextSlot();
    expect(await job.rehearse("revealProof")).toBe(WRONG_SIGNER);
    await job.must(["revealProof", { authority: next }]);
    for (const move of ["completePayment", "refundEscrow", "commitProof"] as const) {
      expect(await job.rehearse(move), move).toBe(WRONG_SIGNER);
    }
    await job.must(["completePayment", { authority: next }]);
  });

  test("who is the node itself still waits for the window where the payer's terms say so", async () => {
    const job = await Job.at("Proven");
    job.world.forge({ flags: 0 });
    await appoint(job, { coordinator: job.world.node.address });
    const { node } = job.world;
    expect(await job.rehearse("completePayment", { authority: node })).toBe("jobEscrow.challengeWindowOpen");
  });

  test("who is the payer cannot take back more than a coordinator can give back", async () => {
    const job = await Job.at("Proven");
    const { payer } = job.world;
    await appoint(job, { coordinator: payer.address });
    await job.must("openDispute");
    expect(await job.rehearse("refundEscrow", { coordinator: payer, fault: NodeFault.Failed })).toBe(
      "jobEscrow.illegalState",
    );
  });
});

test("another arbiter decides what was brought to the one before, and on appeal too", async () => {
  const job = await Job.at("Disputed");
  const next = await job.world.chain.wallet();
  await job.must("submitEvidence");
  await appoint(job, { arbiter: next.address });
  expect(await job.rehearse("resolveDispute")).toBe(WRONG_SIGNER);
  await job.must(["resolveDispute", { arbiter: next }], "appeal");
  job.later(2n * 86_400n);
  expect(await job.rehearse("resolveDispute")).toBe(WRONG_SIGNER);
  await job.must(["resolveDispute", { arbiter: next }]);
});

describe("a treasury that is itself part of a job", () => {
  test("the job's own vault: the fee stays there, and is the payer's in the end", async () => {
    const job = await Job.at("Proven");
    const { vault } = job.world;
    await appoint(job, { treasury: vault });
    await job.must(["completePayment", { treasury: vault }]);
    expect(job.world.balances()).toEqual({
      payer: 993n * CYXWIZ,
      node: 6_300_000_000n,
      treasury: 0n,
      vault: 700_000_000n,
    });
    await job.must("collectLeftover");
    expect(job.world.balances()).toMatchObject({ payer: 993_700_000_000n, vault: 0n });
  });

  test("the node's account, or the payer's: nobody else's part grows less", async () => {
    for (const [who, expected] of [
      ["nodeToken", { payer: 993n * CYXWIZ, node: 7n * CYXWIZ }],
      ["payerToken", { payer: 993_700_000_000n, node: 6_300_000_000n }],
    ] as const) {
      const job = await Job.at("Proven");
      const treasury = job.world[who];
      await appoint(job, { treasury });
      await job.must(["completePayment", { treasury }]);
      expect(job.world.balances(), who).toEqual({ ...expected, treasury: 0n, vault: 0n });
    }
  });
});
