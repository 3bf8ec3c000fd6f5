import { describe, expect, test } from "vitest";
import { EscrowOutcome, NodeFault } from "../generated/job-escrow/index.ts";
import { Job, type JobMove, type Reachable } from "./testing/job.ts";

type Escrow = Job["escrow"];
type Boundary = readonly [Reachable, JobMove, at: (escrow: Escrow) => bigint, refusal: string];

const challengeUntil = (escrow: Escrow) => escrow.anchoredAt + escrow.challengeWindowSeconds;
const payableUntil = (escrow: Escrow) => {
  const payable = challengeUntil(escrow) > escrow.deadline ? challengeUntil(escrow) : escrow.deadline;
  return payable + escrow.challengeWindowSeconds;
};

/** Possible until the second before; refused from then on. */
const UNTIL: readonly Boundary[] = [
  ["Created", "startEscrow", ({ deadline }) => deadline, "deadlinePassed"],
  ["Running", "commitProof", ({ deadline }) => deadline, "deadlinePassed"],
  ["Committed", "commitProof", ({ deadline }) => deadline, "deadlinePassed"],
  ["Proven", "commitProof", challengeUntil, "deadlinePassed"],
  ["Committed", "revealProof", (escrow) => escrow.deadline + escrow.challengeWindowSeconds, "deadlinePassed"],
  ["Created", "extendEscrow", ({ deadline }) => deadline, "deadlinePassed"],
  ["Running", "extendEscrow", ({ deadline }) => deadline, "deadlinePassed"],
  ["Committed", "extendEscrow", ({ deadline }) => deadline, "deadlinePassed"],
  ["Running", "openDispute", ({ deadline }) => deadline, "windowClosed"],
  ["Committed", "openDispute", ({ deadline }) => deadline, "windowClosed"],
  ["Proven", "openDispute", challengeUntil, "windowClosed"],
  ["Disputed", "submitEvidence", ({ evidenceUntil }) => evidenceUntil, "evidenceClosed"],
  ["Appealed", "submitEvidence", ({ evidenceUntil }) => evidenceUntil, "evidenceClosed"],
  ["Disputed", "resolveDispute", ({ decisionUntil }) => decisionUntil, "windowClosed"],
  ["Appealed", "resolveDispute", ({ decisionUntil }) => decisionUntil, "windowClosed"],
  ["Resolved", "appeal", ({ appealUntil }) => appealUntil, "windowClosed"],
];

/** Refused until the second before; possible from then on. */
const FROM: readonly Boundary[] = [
  ["Created", "timeoutRefund", ({ deadline }) => deadline, "deadlineNotPassed"],
  ["Running", "timeoutRefund", ({ deadline }) => deadline, "deadlineNotPassed"],
  ["Committed", "timeoutRefund", (escrow) => escrow.deadline + escrow.challengeWindowSeconds, "deadlineNotPassed"],
  ["Proven", "timeoutRefund", payableUntil, "deadlineNotPassed"],
  ["Disputed", "timeoutRefund", ({ decisionUntil }) => decisionUntil, "deadlineNotPassed"],
  ["Disputed", "resolveDispute", ({ evidenceUntil }) => evidenceUntil, "evidenceOpen"],
  ["Appealed", "resolveDispute", ({ evidenceUntil }) => evidenceUntil, "evidenceOpen"],
  ["Resolved", "executeDecision", ({ appealUntil }) => appealUntil, "windowOpen"],
  ["Appealed", "executeDecision", ({ decisionUntil }) => decisionUntil, "windowOpen"],
];

describe("every time limit is kept to the second", () => {
  test.each(UNTIL)("%s: %s until", async (state, move, at, refusal) => {
    const job = await Job.at(state);
    const { chain } = job.world;
    chain.nextSlot();
    const moment = at(job.escrow);
    chain.nowSeconds = moment - 1n;
    expect(await job.rehearse(move)).toBe("ok");
    chain.nowSeconds = moment;
    expect(await job.rehearse(move)).toBe(`jobEscrow.${refusal}`);
  });

  test.each(FROM)("%s: %s from", async (state, move, at, refusal) => {
    const job = await Job.at(state);
    const { chain } = job.world;
    const moment = at(job.escrow);
    chain.nowSeconds = moment - 1n;
    expect(await job.rehearse(move)).toBe(`jobEscrow.${refusal}`);
    chain.nowSeconds = moment;
    expect(await job.rehearse(move)).toBe("ok");
  });

  test("the node pays itself once nobody objected in time", async () => {
    const job = await Job.at("Proven");
    const { chain, node } = job.world;
    chain.nowSeconds = challengeUntil(job.escrow) - 1n;
    expect(await job.rehearse("completePayment", { authority: node })).toBe("jobEscrow.challengeWindowOpen");
    chain.nowSeconds += 1n;
    expect(await job.rehearse("completePayment", { authority: node })).toBe("ok");
  });

  test("whoever loses need not wait to accept a decision, and nobody to decide when both have spoken", async () => {
    const job = await Job.at("Disputed");
    expect(await job.rehearse("resolveDispute")).toBe("jobEscrow.evidenceOpen");
    await job.must("submitEvidence", "resolveDispute");
    expect(await job.rehearse("executeDecision", { caller: job.world.node })).toBe("jobEscrow.windowOpen");
    expect(await job.rehearse("executeDecision", { caller: job.world.payer })).toBe("ok");
  });

  test("a deadline is put off to later only, and no further than a new escrow's", async () => {
    const job = await Job.at("Running");
    const { deadline } = job.escrow;
    const now = job.world.chain.nowSeconds;
    const outside = "jobEscrow.deadlineOutOfRange";
    for (const [wanted, verdict] of [
      [deadline - 1n, outside],
      [deadline, outside],
      [deadline + 1n, "ok"],
      [now + 604_800n, "ok"],
      [now + 604_801n, outside],
      [2n ** 63n - 1n, outside],
      [-(2n ** 63n), outside],
    ] as const) {
      expect(await job.rehearse("extendEscrow", { deadline: wanted }), `${wanted}`).toBe(verdict);
    }
  });
});

describe("when time runs out, the node answers for what it did not do", () => {
  test.each([
    ["Created", NodeFault.None],
    ["Running", NodeFault.Failed],
    ["Committed", NodeFault.Failed],
    ["Proven", NodeFault.None],
    ["Disputed", NodeFault.None],
  ] as const)("%s: fault %i", async (state, fault) => {
    const job = await Job.at(state);
    job.later(60n * 86_400n);
    await job.must("timeoutRefund");
    expect(job.escrow).toMatchObject({ fault, outcome: EscrowOutcome.TimedOut });
  });
});
