import { describe, expect, test } from "vitest";
import { EscrowState, NodeFault } from "../generated/job-escrow/index.ts";
import { JOB_MOVES, Job, type JobMove, type StateName } from "./testing/job.ts";
import { Snapshot } from "./testing/snapshot.ts";
import { rehearse, run } from "./testing/verdict.ts";

const ILLEGAL = "jobEscrow.illegalState";
const NOTHING = "jobEscrow.nothingToReport";
const WAITING = "jobEscrow.outcomeNotReported";
/** There is nothing left in the vault. */
const collectLeftover = "jobEscrow.amountZero";
const DAY_SECONDS = 86_400n;

/** What can be done in each state; written down from the rules, not from the program. */
const LEGAL: Readonly<Record<Exclude<StateName, "Settled">, readonly JobMove[]>> = {
  Empty: ["createEscrow", "closeSlot"],
  Created: ["startEscrow", "cancelEscrow", "refundEscrow", "timeoutRefund", "extendEscrow"],
  Running: [
    ...(["anchorRoot", "commitProof", "approvePayment", "cancelRunning"] as const),
    ...(["refundEscrow", "timeoutRefund", "extendEscrow", "openDispute"] as const),
  ],
  Committed: [
    ...(["commitProof", "revealProof", "approvePayment"] as const),
    ...(["refundEscrow", "timeoutRefund", "extendEscrow", "openDispute"] as const),
  ],
  Proven: ["commitProof", "completePayment", "approvePayment", "refundEscrow", "timeoutRefund", "openDispute"],
  Disputed: ["approvePayment", "timeoutRefund", "submitEvidence", "resolveDispute"],
  Resolved: ["appeal", "executeDecision"],
  Appealed: ["submitEvidence", "resolveDispute", "executeDecision"],
};

/** A moment at which the move would be right, in the states in which it is legal. */
function momentFor(move: JobMove, job: Job): bigint {
  const now = job.world.chain.nowSeconds;
  if (move === "timeoutRefund" || move === "executeDecision") return now + 60n * DAY_SECONDS;
  if (move === "resolveDispute") return now + 2n * DAY_SECONDS;
  if (move === "closeSlot") return now + 1_201n;
  return now;
}

/** How the move would go at the right moment, with nothing of it kept; and that a refusal changes nothing. */
async function verdictOn(job: Job, move: JobMove) {
  const { chain, admin } = job.world;
  const now = chain.nowSeconds;
  chain.nowSeconds = momentFor(move, job);
  chain.nextSlot();
  const instruction = await job.build(move, move === "createEscrow" ? { nonce: job.nonce + 1n } : {});
  const verdict = rehearse(chain, admin.address, instruction);
  if (verdict !== "ok") {
    const before = new Snapshot(chain, instruction, admin.address);
    expect(run(chain, admin.address, instruction)).toBe(verdict);
    expect(before.changed).toEqual([]);
  }
  chain.nowSeconds = now;
  return verdict;
}

async function expectOnly(job: Job, legal: readonly JobMove[], others: Partial<Record<JobMove, string>> = {}) {
  const verdicts: Partial<Record<JobMove, string>> = {};
  for (const move of JOB_MOVES) verdicts[move] = await verdictOn(job, move);
  const expected = JOB_MOVES.map((move) => [move, legal.includes(move) ? "ok" : (others[move] ?? ILLEGAL)]);
  expect(verdicts).toEqual(Object.fromEntries(expected));
}

describe("an escrow takes exactly the moves that are legal in its state", () => {
  const live = ["Created", "Running", "Committed", "Proven", "Disputed", "Resolved", "Appealed"] as const;

  test.each(live)("%s", async (state) => {
    const job = await Job.at(state);
    expect(job.escrow.state).toBe(EscrowState[state]);
    await expectOnly(job, LEGAL[state]);
  });

  test("Settled, before the registry knows and after", async () => {
    const job = await Job.at("Settled");
    await expectOnly(job, ["reportOutcome"], {
      createEscrow: WAITING,
      closeSlot: WAITING,
      reportFault: NOTHING,
      collectLeftover,
    });
    await job.must("reportOutcome");
    await expectOnly(job, ["createEscrow", "closeSlot"], {
      reportOutcome: NOTHING,
      reportFault: NOTHING,
      collectLeftover,
    });
  });

  test("Settled by a fault of the node", async () => {
    const job = await Job.at("Proven");
    await job.must(["refundEscrow", { fault: NodeFault.InvalidProof }]);
    await expectOnly(job, ["reportFault"], {
      createEscrow: WAITING,
      closeSlot: WAITING,
      reportOutcome: NOTHING,
      collectLeftover,
    });
    await job.must("reportFault");
    await expectOnly(job, ["createEscrow", "closeSlot"], {
      reportOutcome: NOTHING,
      reportFault: NOTHING,
      collectLeftover,
    });
  });

  test("Settled before it was started, of which the registry hears nothing", async () => {
    const job = await Job.at("Created");
    await job.must("cancelEscrow");
    await expectOnly(job, ["createEscrow", "closeSlot"], {
      reportOutcome: NOTHING,
      reportFault: NOTHING,
      collectLeftover,
    });
  });

  test("Empty, which no instruction leaves behind", async () => {
    const job = await Job.at("Created");
    await job.must("cancelEscrow");
    job.world.forge({ state: EscrowState.Empty });
    await expectOnly(job, LEGAL.Empty);
  });

  test.each([9, 100, 255])("state %i, which no version of the program has", async (state) => {
    const job = await Job.at("Proven");
    job.world.chain.overwrite(job.world.escrow, (data) => data.with(4, state));
    await expectOnly(job, []);
  });
});
