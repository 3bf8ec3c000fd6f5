import { beforeAll, describe, expect, test } from "vitest";
import { EscrowDecision, EscrowState } from "../generated/job-escrow/index.ts";
import { mintTo } from "../testing/world.ts";
import { Job, type JobMove, type Overrides, type Reachable } from "./testing/job.ts";
import { AMOUNTS, type Balances, bps, payOut } from "./testing/till.ts";

const DAY_SECONDS = 86_400n;
const U64_MAX = 2n ** 64n - 1n;
const FEES = [0, 1, 800, 1_000, 3_333, 9_999, 10_000];

const total = ({ payer, node, treasury, vault }: Balances) => payer + node + treasury + vault;

/** What the node's and the platform's shares are, both rounded down; the payer has the rest. */
function shares(amount: bigint, feeBps: number): Balances {
  const [node, treasury] = [bps(amount, 10_000 - feeBps), bps(amount, feeBps)];
  return { node, treasury, payer: amount - node - treasury, vault: 0n };
}

describe("paying for the work: 90 and 10 per cent, or 92 and 8", () => {
  const ways: [JobMove, Reachable][] = [
    ["completePayment", "Proven"],
    ["approvePayment", "Running"],
    ["approvePayment", "Disputed"],
  ];
  test.each(ways)("%s when %s", async (move, state) => {
    const job = await Job.at(state);
    const instruction = await job.build(move);
    for (const amount of AMOUNTS) {
      for (const feeBps of FEES) {
        const paid = payOut(job.world, instruction, { amount, feeBps });
        expect(paid, `${amount} at ${feeBps}`).toEqual(shares(amount, feeBps));
        expect(total(paid)).toBe(amount);
        expect(paid.payer).toBeLessThanOrEqual(1n);
      }
    }
  });
});

describe("cancelling a running job: the part done, and a tenth of the rest", () => {
  test("at every progress of jobs of one to seven epochs, and at the end of the longest", async () => {
    const job = await Job.at("Running");
    const jobs = [1, 2, 3, 7].flatMap((checkpoints) =>
      Array.from({ length: checkpoints + 1 }, (_, leafCount) => ({ checkpoints, leafCount })),
    );
    const longest = 2 ** 32 - 2;
    jobs.push(...[1, longest - 1, longest].map((leafCount) => ({ checkpoints: longest, leafCount })));
    for (const { checkpoints, leafCount } of jobs) {
      const instruction = await job.build("cancelRunning", { leafCount });
      for (const amount of AMOUNTS) {
        for (const cancelFeeBps of [1_000, 3_333, 10_000]) {
          const fields = { amount, checkpoints, leafCount, cancelFeeBps };
          const paid = payOut(job.world, instruction, fields);
          const done = (amount * BigInt(leafCount)) / BigInt(checkpoints);
          const node = done + bps(amount - done, cancelFeeBps);
          expect(
            paid,
            JSON.stringify(fields, (_, value) => `${value}`),
          ).toEqual({
            node,
            payer: amount - node,
            treasury: 0n,
            vault: 0n,
          });
        }
      }
    }
  }, 60_000);
});

describe("giving everything back", () => {
  const ways: [JobMove, Reachable, bigint][] = [
    ["cancelEscrow", "Created", 0n],
    ["refundEscrow", "Created", 0n],
    ["refundEscrow", "Committed", 0n],
    ["timeoutRefund", "Running", 60n],
    ["timeoutRefund", "Proven", 60n],
    ["timeoutRefund", "Disputed", 60n],
  ];
  test.each(ways)("%s when %s", async (move, state, days) => {
    const job = await Job.at(state);
    job.later(days * DAY_SECONDS);
    const instruction = await job.build(move);
    for (const amount of AMOUNTS) {
      expect(payOut(job.world, instruction, { amount })).toEqual({ payer: amount, node: 0n, treasury: 0n, vault: 0n });
    }
  });
});

describe("decisions, with the deposit of an appeal", () => {
  const { ForPayer, ForNode } = EscrowDecision;
  let job: Job;
  beforeAll(async () => {
    job = await Job.at("Appealed");
  });

  /** The first decision, the final one (none: the time for it ran out), and who gets the deposit. */
  const decisions = [
    { first: ForPayer, final: ForPayer, deposit: "treasury" },
    { first: ForPayer, final: ForNode, deposit: "node" },
    { first: ForPayer, final: undefined, deposit: "node" },
    { first: ForNode, final: ForNode, deposit: "treasury" },
    { first: ForNode, final: ForPayer, deposit: "payer" },
    { first: ForNode, final: undefined, deposit: "payer" },
  ] as const;

  test.each(decisions)(
    "first $first, then $final: the deposit goes to the $deposit",
    async ({ first, final, ...to }) => {
      const { chain } = job.world;
      const now = chain.nowSeconds;
      chain.nowSeconds += (final === undefined ? 60n : 2n) * DAY_SECONDS;
      const [move, overrides]: [JobMove, Overrides] =
        final === undefined ? ["executeDecision", {}] : ["resolveDispute", { decision: final }];
      const instruction = await job.build(move, overrides);
      for (const whole of AMOUNTS) {
        for (const deposit of [0n, 1n, U64_MAX]) {
          const amount = whole + deposit > U64_MAX ? U64_MAX - deposit : whole;
          for (const feeBps of [1_000, 3_333]) {
            const paid = payOut(job.world, instruction, { amount, deposit, feeBps, decision: first });
            const stands = final ?? first;
            const base =
              stands === ForPayer ? { payer: amount, node: 0n, treasury: 0n, vault: 0n } : shares(amount, feeBps);
            expect(paid, `${amount} and ${deposit}`).toEqual({ ...base, [to.deposit]: base[to.deposit] + deposit });
          }
        }
      }
      chain.nowSeconds = now;
    },
  );

  test.each([ForPayer, ForNode])("a decision that nobody appealed: %s", async (decision) => {
    const { chain } = job.world;
    const now = chain.nowSeconds;
    chain.nowSeconds += 60n * DAY_SECONDS;
    const instruction = await job.build("executeDecision");
    for (const amount of AMOUNTS) {
      const fields = { state: EscrowState.Resolved, amount, deposit: 0n, decision, feeBps: 1_000 };
      const expected =
        decision === ForPayer ? { payer: amount, node: 0n, treasury: 0n, vault: 0n } : shares(amount, 1_000);
      expect(payOut(job.world, instruction, fields)).toEqual(expected);
    }
    chain.nowSeconds = now;
  });
});

describe("what strangers send to a vault, and what could not be paid before", () => {
  test("belongs to the payer, whoever is paid", async () => {
    for (const [move, state] of [
      ["completePayment", "Proven"],
      ["approvePayment", "Running"],
      ["refundEscrow", "Running"],
    ] as const) {
      const job = await Job.at(state);
      const { chain, payerToken, nodeToken, treasury, admin, mint } = job.world;
      await chain.mustSend(admin, mintTo(mint, job.world.vault, admin, 5n));
      const before = [payerToken, nodeToken, treasury, job.world.vault].map((account) => chain.tokens(account));
      await job.must(move);
      const after = [payerToken, nodeToken, treasury, job.world.vault].map((account) => chain.tokens(account));
      const sum = (list: readonly bigint[]) => list.reduce((left, right) => left + right, 0n);
      expect(sum(after)).toBe(sum(before));
      expect(after[3]).toBe(0n);
      expect(after[0]! - before[0]!).toBeGreaterThanOrEqual(5n);
    }
  });
});
