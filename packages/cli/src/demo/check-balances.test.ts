import { expect, test } from "vitest";
import { checkBalances } from "./check-balances.ts";

const before = { payer: 1000n, node: 950n, platform: 0n, escrow: 0n, stake: 50n, insurance: 0n, supply: 2000n };
const job = { amount: 101n, feeBps: 1000, isWhole: true };
// 90% and 10% of 101, both rounded down; the one that remains stays with the payer.
const after = { ...before, payer: 900n, node: 1040n, platform: 10n };

test("a job that left every balance right has nothing to report", () => {
  expect(checkBalances(before, after, job)).toEqual([]);
});

test("one base unit astray is noticed, wherever it is", () => {
  for (const holder of ["payer", "node", "platform", "escrow", "stake", "insurance"] as const) {
    const wrong = checkBalances(before, { ...after, [holder]: after[holder] + 1n }, job);
    expect(wrong.map(({ what }) => what)).toEqual([holder, "sum of all balances"]);
  }
  expect(checkBalances(before, { ...after, supply: 2001n }, job).map(({ what }) => what)).toEqual([
    "supply",
    "sum of all balances",
  ]);
});
