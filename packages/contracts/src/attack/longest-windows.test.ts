import { expect, test } from "vitest";
import { DEFAULT_PLATFORM_PARAMETERS } from "../economy.ts";
import { EscrowOutcome, EscrowState, getUpdatePlatformInstructionAsync } from "../generated/job-escrow/index.ts";
import { World } from "../testing/world.ts";
import { Job } from "./testing/job.ts";
import { trustSigners } from "./testing/verdict.ts";

/** The longest that the program takes for any time: ten years. */
const LONGEST = 315_360_000n;

/** A job under windows that are all as long as can be, with its deadline as far away as can be. */
async function longestJob(parameters = {}): Promise<Job> {
  const world = await World.open();
  trustSigners(world.chain);
  const { chain, admin } = world;
  const windows = {
    timeoutSeconds: LONGEST,
    challengeWindowSeconds: LONGEST,
    evidenceWindowSeconds: LONGEST,
    appealWindowSeconds: LONGEST,
    arbitrationWindowSeconds: LONGEST,
  };
  const given = { ...DEFAULT_PLATFORM_PARAMETERS, ...windows, ...parameters };
  await chain.mustSend(admin, await getUpdatePlatformInstructionAsync({ ...given, admin }));
  const job = new Job(world);
  await job.must(["createEscrow", { deadline: chain.nowSeconds + LONGEST, flags: 0 }]);
  return job;
}

test("no sum of the longest times overflows: a dispute goes through all of them, one after the other", async () => {
  const job = await longestJob({ appealDeposit: 1n });
  await job.must("startEscrow");
  job.later(LONGEST - 1n);
  await job.must("commitProof");
  job.later(LONGEST);
  await job.must("revealProof");
  job.later(LONGEST - 1n);
  await job.must("openDispute");
  job.later(2n * LONGEST - 1n);
  await job.must("resolveDispute");
  job.later(LONGEST - 1n);
  await job.must("appeal");
  job.later(2n * LONGEST - 1n);
  expect(await job.rehearse("executeDecision")).toBe("jobEscrow.windowOpen");
  job.later(1n);
  await job.must("executeDecision");
  expect(job.escrow).toMatchObject({ state: EscrowState.Settled, outcome: EscrowOutcome.ResolvedForNode });
});

test("a proven job that nobody asks for comes back after all of its windows, to the second", async () => {
  const job = await longestJob();
  await job.must("startEscrow", "commitProof", "revealProof");
  job.later(2n * LONGEST - 1n);
  expect(await job.rehearse("timeoutRefund")).toBe("jobEscrow.deadlineNotPassed");
  expect(await job.rehearse("completePayment", { authority: job.world.node })).toBe("ok");
  job.later(1n);
  await job.must("timeoutRefund");
});
