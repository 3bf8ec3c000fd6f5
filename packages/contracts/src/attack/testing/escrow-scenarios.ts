import { findEscrowAddress, findVaultAddress } from "../../addresses.ts";
import { EscrowDecision, NodeFault } from "../../generated/job-escrow/index.ts";
import { mintTo } from "../../testing/world.ts";
import { Job, type JobMove, type Overrides, type Reachable } from "./job.ts";
import type { ScenarioBuilder, Scenarios } from "./scenario.ts";
import { scenarioOf } from "./scenario-of.ts";

const DAY_SECONDS = 86_400n;
type Preparation = (job: Job) => Promise<Overrides | undefined>;

/** A job in a state, what has to happen before the move, and what is unusual about the move itself. */
function job(state: Reachable, move: JobMove, prepare?: Preparation): ScenarioBuilder {
  return async () => {
    const there = await Job.at(state);
    const overrides = await prepare?.(there);
    there.world.chain.nextSlot();
    return scenarioOf(there.world, await there.build(move, overrides));
  };
}

const days =
  (count: bigint, overrides?: (job: Job) => Overrides): Preparation =>
  async (there) => {
    there.later(count * DAY_SECONDS);
    return overrides?.(there);
  };

const decided =
  (decision: EscrowDecision, then: Preparation): Preparation =>
  async (there) => {
    await there.must("submitEvidence", ["resolveDispute", { decision }]);
    return then(there);
  };

const { ForPayer, ForNode } = EscrowDecision;

/** Every instruction about a job, on every path that checks its accounts in its own way. */
export const ESCROW_SCENARIOS: Scenarios = {
  createEscrow: {
    "new slot": job("Created", "createEscrow", async ({ world }) => {
      const escrow = await findEscrowAddress(world.payer.address, 3);
      return { slot: 3, escrow, vault: await findVaultAddress(escrow) };
    }),
    "used slot": job("Settled", "createEscrow", async (there) => {
      await there.must("reportOutcome");
      return { nonce: there.nonce + 1n };
    }),
  },
  startEscrow: { "": job("Created", "startEscrow") },
  anchorRoot: { "": job("Running", "anchorRoot") },
  commitProof: { "": job("Running", "commitProof") },
  revealProof: { "": job("Committed", "revealProof") },
  completePayment: {
    "by the coordinator": job("Proven", "completePayment"),
    "by the payer": job("Proven", "completePayment", async ({ world }) => ({ authority: world.payer })),
    "by the node": job(
      "Proven",
      "completePayment",
      days(1n, ({ world }) => ({ authority: world.node })),
    ),
  },
  approvePayment: { "": job("Running", "approvePayment") },
  cancelEscrow: { "": job("Created", "cancelEscrow") },
  cancelRunning: {
    "": job("Running", "cancelRunning", async (there) => {
      await there.must(["anchorRoot", { leafCount: 2 }]);
      return { leafCount: 2 };
    }),
  },
  refundEscrow: { "": job("Proven", "refundEscrow") },
  timeoutRefund: {
    "by a stranger": job("Running", "timeoutRefund", days(1n)),
    "by the payer": job(
      "Running",
      "timeoutRefund",
      days(1n, ({ world }) => ({ caller: world.payer })),
    ),
  },
  extendEscrow: { "": job("Running", "extendEscrow") },
  openDispute: {
    "by the payer": job("Proven", "openDispute"),
    "by the node": job("Proven", "openDispute", async ({ world }) => ({ party: world.node })),
  },
  submitEvidence: {
    "by the node": job("Disputed", "submitEvidence"),
    "by the payer": job("Disputed", "submitEvidence", async ({ world }) => ({ party: world.payer })),
  },
  resolveDispute: {
    "at first": job("Disputed", "resolveDispute", days(2n)),
    upheld: job(
      "Appealed",
      "resolveDispute",
      days(2n, () => ({ decision: ForNode })),
    ),
    reversed: job(
      "Appealed",
      "resolveDispute",
      days(2n, () => ({ decision: ForPayer })),
    ),
  },
  appeal: { "": job("Resolved", "appeal") },
  executeDecision: {
    "for the node": job("Resolved", "executeDecision", days(8n)),
    "for the payer": job("Disputed", "executeDecision", decided(ForPayer, days(8n))),
    "accepted by the loser": job("Resolved", "executeDecision", async ({ world }) => ({ caller: world.payer })),
    "appealed and never decided": job("Appealed", "executeDecision", days(60n)),
  },
  reportOutcome: { "": job("Settled", "reportOutcome") },
  reportFault: {
    failed: job("Running", "reportFault", async (there) => {
      await there.must(["refundEscrow", { fault: NodeFault.Failed }]);
      return undefined;
    }),
    "dispute lost": job(
      "Disputed",
      "reportFault",
      decided(ForPayer, async (there) => {
        await there.must(["executeDecision", { caller: there.world.node }]);
        return undefined;
      }),
    ),
  },
  closeSlot: {
    "": job("Created", "closeSlot", async (there) => {
      await there.must("cancelEscrow");
      there.later(1_201n);
      return undefined;
    }),
  },
  collectLeftover: {
    "": job("Created", "collectLeftover", async (there) => {
      const { chain, admin, mint, vault } = there.world;
      await there.must("cancelEscrow");
      await chain.mustSend(admin, mintTo(mint, vault, admin, 5n));
      return undefined;
    }),
  },
};
